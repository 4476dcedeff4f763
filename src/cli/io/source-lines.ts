import { filesIn } from "../../analyze/look-at.ts";
import type { Document, Kernel, Report } from "../../report/schema.ts";
import type { SourceLines } from "../../source/source-lines.ts";
import { tell, tellFailure } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/** What `--vmlinux` and `--modules` say. */
export interface SourceOptions {
  readonly vmlinux?: string;
  /** A directory. */
  readonly modules?: string;
}

/** The lines of places, where they were asked for; whatever is wrong with a file, the reports stay as they are without. */
export class Lines {
  readonly #terminal: Terminal;
  readonly #source: SourceLines | null;
  readonly #told = new Set<string>();
  /** Whether a file that was named cannot be read. */
  readonly failed: boolean;

  private constructor(terminal: Terminal, source: SourceLines | null, failed: boolean) {
    this.#terminal = terminal;
    this.#source = source;
    this.failed = failed;
  }

  /** Opens the files, and tells what is wrong with them. */
  static async open({ vmlinux, modules }: SourceOptions, terminal: Terminal): Promise<Lines> {
    if (vmlinux === undefined && modules === undefined) return new Lines(terminal, null, false);
    const { SourceLines } = await import("../../source/source-lines.ts");
    const { cacheDirectory } = await import("../../seen/places/index-file.ts");
    const caches = cacheDirectory(terminal.env);
    try {
      const source = await SourceLines.open({ vmlinux: vmlinux ?? null, modules: modules ?? null, caches });
      return new Lines(terminal, source, false);
    } catch (error) {
      await tellFailure(error, terminal);
      return new Lines(terminal, null, true);
    }
  }

  /** Whether there are any to be had. */
  get areAsked(): boolean {
    return this.#source !== null;
  }

  async addTo({ reports, sources }: Pick<Document, "reports" | "sources">): Promise<void> {
    await this.add(
      reports.map((report) => {
        const { first } = report.lines;
        const boots = sources[report.source]?.boots ?? [];
        const boot =
          boots.find(({ reportsAt }) => reportsAt?.includes(first)) ??
          boots.find(({ lines }) => lines.first <= first && first <= lines.last);
        return { report, kernel: boot?.kernel ?? null };
      }),
    );
  }

  /** @param printed reports, each with the kernel that its boot names */
  async add(printed: readonly { readonly report: Report; readonly kernel: Kernel | null }[]): Promise<void> {
    if (this.#source === null || printed.length === 0) return;
    for (const remark of await this.#source.add(printed)) {
      if (this.#told.has(remark)) continue;
      this.#told.add(remark);
      await tell(remark, this.#terminal);
    }
    for (const { lookAt, edges } of printed.map(({ report }) => report))
      if (lookAt?.files.length === 0)
        lookAt.files = filesIn(edges[lookAt.edge]?.stack ?? [], lookAt.functions);
  }

  async close(): Promise<void> {
    await this.#source?.close();
  }
}
