import { logLines } from "./fixtures.ts";

/** Small places in which a report may have been met. */

const LOG = logLines("circular/abba");
const FIRST = LOG.findIndex((line) => line.includes("WARNING: possible circular")) - 1;

/** The report of circular/abba as a person mails it: without time stamps. */
export const REPORT = LOG.slice(FIRST, FIRST + 78).map((line) => line.replace(/^\[[^\]]*\]\[[^\]]*\] /, ""));

/** What is left of it in the message of the commit that mends it. */
export const COMMIT_MESSAGE = [
  "lockdep complains:",
  "",
  "  WARNING: possible circular locking dependency detected",
  "  splat ba:1/42 is trying to acquire lock:",
  "  ffffffff81d2b588 (lock_a){+.+.}-{4:4}, at: take_ba+0x24/0x3e",
  "",
  "  but task is already holding lock:",
  "  ffffffff81d2b500 (lock_b){+.+.}-{4:4}, at: take_ba+0x18/0x3e",
  "",
  "take_ab() takes them the other way round.",
];

interface TestMail {
  readonly id: string;
  readonly parent?: string;
  readonly date?: string;
  readonly subject: string;
  readonly body: readonly string[];
}

export function mailOf({
  id,
  parent,
  date = "Tue, 03 Nov 2026 10:00:00 +0000",
  subject,
  body,
}: TestMail): string {
  return [
    "From mboxrd@z Thu Jan  1 00:00:00 1970",
    `Message-ID: <${id}>`,
    ...(parent === undefined ? [] : [`In-Reply-To: <${parent}>`, `References: <${parent}>`]),
    `Date: ${date}`,
    `Subject: ${subject}`,
    "",
    ...body,
    "",
    "",
  ].join("\n");
}
