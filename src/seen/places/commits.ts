import { entriesOfText } from "../entries-of-text.ts";
import { gitOutput, gitText } from "./git.ts";
import { gitPlace, records } from "./history-of-git.ts";
import type { Place } from "./place.ts";

/** A git repository whose commit messages tell: a kernel's. */
export function commitsPlace(path: string): Place {
  return gitPlace(path, "commits", async function* (range, count) {
    const args = ["log", "-z", "--encoding=UTF-8", "--format=%H%n%cI%n%s%n%b", range, "--"];
    for await (const record of records(gitOutput(path, args))) {
      count(1);
      const [sha = "", date = "", subject = ""] = record.split("\n", 3);
      const body = record.slice(sha.length + date.length + subject.length + 3);
      const entries = await entriesOfText(Buffer.from(`${subject}\n\n${body}`), {
        type: "commit",
        ref: sha,
        thread: null,
        date: new Date(date).toISOString(),
        subject,
        release: null,
        mends: true,
      });
      yield { key: sha, entries, unread: 0 };
    }
  });
}

/** Up to the steps from a tag, and what makes it a candidate: v6.13-rc1 becomes v6.13. */
const RELEASE = /^(v?\d{1,4}(?:\.\d{1,4}){1,3})(?:-rc\d{1,3})?(?:[~^].*)?$/;

/** The first release that has a commit; null if none has, or the repository knows no releases. */
export async function releaseOf(path: string, sha: string): Promise<string | null> {
  const name = await gitText(path, ["describe", "--contains", "--match", "v[0-9]*", sha]);
  return RELEASE.exec(name ?? "")?.[1] ?? null;
}
