import { BootFiles, type NewTriage } from "./boot-files.ts";
import { type GraphDocument, graphDocument, LockGraph } from "./graph/index.ts";
import type { Input } from "./triage.ts";

/** Reads dumps and logs of any number of boots, and makes one graph of them. */
export class GraphReader {
  readonly #files: BootFiles;

  /** @param newTriage reads the logs among the inputs, each with a new one */
  constructor(newTriage: NewTriage) {
    this.#files = new BootFiles(newTriage);
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
    const graph = new LockGraph();
    for (const boot of this.#files.boots()) graph.add(boot);
    return graphDocument(graph);
  }
}
