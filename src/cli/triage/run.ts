import type { Letter } from "../../render/words/paper.ts";
import type { Document, Source } from "../../report/schema.ts";
import type { Asked, LetterOptions, SubmissionOptions } from "../commands/options.ts";
import { conclusionOf } from "../io/conclusion.ts";
import type { ListOptions } from "../io/files-from.ts";
import type { ReadOptions } from "../io/read-all.ts";
import type { Selection } from "../io/selection.ts";
import type { Lines, SourceOptions } from "../io/source-lines.ts";
import type { Terminal } from "../io/terminal.ts";
import type { Tree, TreeOptions } from "../io/tree.ts";

/** The options of the command as they are given. */
export interface TriageOptions
  extends
    Omit<ReadOptions, "suspect">,
    Selection,
    SubmissionOptions,
    LetterOptions,
    SourceOptions,
    TreeOptions,
    ListOptions {
  /** Annotations, lock classes, commits, and files with patches. */
  readonly suspect: readonly string[];
  readonly format: Asked<"reports">;
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  /** A table leaves nothing out. */
  readonly verbose?: boolean;
  /** ndjson: a line for each boot, too. */
  readonly boots?: boolean;
  /** A file of known issues. */
  readonly known?: string;
  /** A file of known issues to which what was found is added. */
  readonly writeKnown?: string;
  /** Where reports may have been seen before. */
  readonly in: readonly string[];
}

/** The options, and the known issues and the patches that they name. */
export type AskedOptions = Omit<TriageOptions, "suspect"> &
  Pick<ReadOptions, "issues" | "suspect"> & { readonly letter: Letter };

/** One run of the command: what it is asked, and what it reads and writes with. */
export interface Run {
  readonly options: AskedOptions;
  readonly terminal: Terminal;
  /** Code and people of a kernel tree, added to reports. */
  readonly tree: Tree;
  /** Lines of source, added to frames. */
  readonly lines: Lines;
}

/** The exit status by what was found: other than 0 only with `--exit-code`. */
export async function statusOf(
  found: Document["summary"],
  sources: readonly Source[],
  { options, terminal }: Run,
): Promise<number> {
  return options.exitCode ? conclusionOf(found, sources, terminal) : 0;
}
