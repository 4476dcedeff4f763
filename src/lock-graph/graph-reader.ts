import { BootFiles, type ReadLog } from "./boot-files.ts";
import { type GraphDocument, graphDocument, LockGraph } from "./index.ts";
import type { Input } from "../triage/read-source.ts";

/** Reads dumps and logs of any number of boots, and makes one graph of them. */
export class GraphReader {
  readonly #files: BootFiles;

  /** @param readLog reads the logs among the inputs */
  constructor(readLog: ReadLog) {
    this.#files = new BootFiles(readLog);
  }

  /**
   * Reads one file to its end.
   *
   * @throws whatever reading the input throws; what was read until then is in the graph
   */
  async add(input: Input): Promise<void> {
    await this.#files.add(input);
  }

  document(): GraphDocument {
    return graphDocument(this.graph());
  }

  /** All boots; they are given away to it. */
  graph(): LockGraph {
    const graph = new LockGraph();
    for (const boot of this.#files.boots()) graph.add(boot);
    return graph;
  }
}

export { diffGraphs } from "./index.ts";
