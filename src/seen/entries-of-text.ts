import { gistOf } from "../identity/gist.ts";
import { triage } from "../triage/triage.ts";
import type { Entry } from "./entry.ts";
import { mentionOf } from "./mentions.ts";
import type { Where } from "./schema.ts";

/** All that a mail or a commit message says: its reports, and where those say nothing, what it mentions. */
export async function entriesOfText(text: Buffer, where: Where): Promise<Entry[]> {
  const { reports } = await triage([{ name: where.ref, chunks: [text] }]);
  const gists = reports.map(gistOf);
  const entries = gists.map((gist): Entry => ({ where, gist, mention: null }));
  if (gists.some(({ classes, functions }) => classes.length > 0 || functions.length > 0)) return entries;
  const mention = mentionOf(text.toString("utf8"));
  return mention === null ? entries : [...entries, { where, gist: null, mention }];
}
