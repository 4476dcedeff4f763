import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mailOf } from "../../src/report/mail-of.ts";
import type { Mail, Report } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";

/** What lists, replies and syzbot put before a title, and how often syzbot had it before. */
const BEFORE =
  /^(?:(?:re|fwd?|aw): *|\[[^\]]*\] *|[\w.-]+ (?:boot|test|build) error: +|BUG: (?=possible deadlock))/i;
const COUNT = / \(\d+\)$/;

/** Titles of lockdep and its neighbours in syzbot's form, as testers write them, too. A headline alone is none. */
const TITLE =
  /^(?:(?:possible deadlock|inconsistent lock state|WARNING: locking bug|(?:WARNING|BUG|INFO): (?:bad unlock balance|held lock freed|lock held when returning to user space|nested lock was not taken|scheduling while atomic|sleeping function called from invalid context|(?:spin|rw)lock [\w ]+|still has locks held|suspicious RCU usage|trying to register non-static key|using \w+\(\) in preemptible code|workqueue leaked lock or atomic)) in \w+|BUG: MAX_\w+ too low!|BUG: Invalid wait context.*)$/;

/** The title that a subject is, or null. */
export function titleOfSubject(subject: string): string | null {
  let text = subject.replace(/\s+/g, " ").trim();
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(BEFORE, "");
  }
  text = text.replace(COUNT, "");
  return TITLE.test(text) ? text : null;
}

/** Why a subject is not the title of a report in its mail, by that title and the reports'. */
const EXPLAINED: readonly { readonly subject: string; readonly titles: RegExp; readonly why: string }[] = [
  {
    subject: "possible deadlock in __queue_work",
    titles: /^possible deadlock in (?:tty_port_default_wakeup|serial8250_handle_irq)$/,
    why: "syzbot named it then, in 2022, and skips it today",
  },
  {
    subject: "BUG: Invalid wait context ]",
    titles: /^WARNING: locking bug in tick_setup_sched_timer$/,
    why: "syzbot did not know the headline then, in 2020",
  },
  {
    subject: "WARNING: suspicious RCU usage in ipmr_get_table",
    titles: /^WARNING: suspicious RCU usage in (?:corrupted|evm_protected_xattr|kvm\w+)$/,
    why: "the thread went on to other reports, and quotes those",
  },
  {
    subject: "BUG: sleeping function called from invalid context in dummy_dequeue",
    titles: / in corrupted$/,
    why: "an answer that quotes the lines above the stack alone",
  },
  {
    subject: "possible deadlock in open_rio",
    titles: /^WARNING: possible circular locking dependency detected$/,
    why: "an answer that quotes the headline and who prints it alone",
  },
];

/** A mail whose subject is a title, and what its reports are titled. */
export interface Titled {
  readonly mail: Mail;
  readonly title: string;
  readonly titles: readonly string[];
  readonly isEqual: boolean;
  /** Why it is not, where somebody looked. */
  readonly why: string | null;
}

/**
 * All mails of an archive that have a report, and a title for their subject; none where the archive is not there.
 *
 * @param archive directory with mailboxes, which is not in this repository
 */
export async function titledMails(archive: string): Promise<Titled[]> {
  if (!existsSync(archive)) return [];
  const found = new Map<string, { readonly mail: Mail; readonly reports: Report[] }>();
  for (const file of readdirSync(archive).toSorted()) {
    const { reports, sources } = await triage([
      { name: file, chunks: [gunzipSync(readFileSync(join(archive, file)))] },
    ]);
    for (const report of reports) {
      const mail = mailOf(sources, report);
      if (mail === undefined) continue;
      // mails that went to two lists are one
      const key = mail.messageId ?? `${file} ${mail.subject}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { mail, reports: [report] });
      else known.reports.push(report);
    }
  }
  return [...found.values()].flatMap(({ mail, reports }) => {
    const title = titleOfSubject(mail.subject ?? "");
    if (title === null) return [];
    const titles = [...new Set(reports.map((report) => report.title))];
    const why = EXPLAINED.find(
      (one) => one.subject === title && titles.every((other) => one.titles.test(other)),
    )?.why;
    return [{ mail, title, titles, isEqual: titles.includes(title), why: why ?? null }];
  });
}
