import { join } from "node:path";

/**
 * How a store looks on disk. No file is ever changed: each is written elsewhere and renamed into place, so that any
 * number of processes may write and read at once without a lock, and one that is killed leaves nothing that counts.
 *
 * - `splat-triage-history.json`: says that this is a store
 * - `new/LOG.ndjson`: the boots of one log; its name is the log's digest, so that adding it again writes the same file
 * - `packs/NAME.ndjson.gz`: many of those; NAME is the digest of what it holds
 * - `tables/VERSION/NAME.boots.parquet`, `NAME.reports.parquet`: what that pack holds, for a database; made when one asks, and
 *   made again where they are missing
 * - `tmp/`: what is being written
 *
 * A log may be in several files at once, while a pack is made or where it was added again later: the digest in its rows
 * says so, and readers take it once.
 */
export class StoreLayout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get marker(): string {
    return join(this.root, "splat-triage-history.json");
  }

  get fresh(): string {
    return join(this.root, "new");
  }

  get packs(): string {
    return join(this.root, "packs");
  }

  get tables(): string {
    return join(this.root, "tables");
  }

  get temporary(): string {
    return join(this.root, "tmp");
  }
}

export const MARKER_TEXT = `${JSON.stringify({ schema: "splat-triage-history/1" })}\n`;
export const FRESH_SUFFIX = ".ndjson";
export const PACK_SUFFIX = ".ndjson.gz";
