import type { Search } from "../../bisect/journal.ts";
import type { Unobserved, UnobservedReason } from "../../compare/observed.ts";
import type { BootVerdict, Verdict } from "../../compare/verdict.ts";
import type { Report } from "../../report/schema.ts";
import { counted } from "../words/parts.ts";
import { own, printable, type Safe, safe } from "../words/safe.ts";

/** Why a boot says nothing, after "because". Every reason has its words; a missing one is a type error. */
export const UNOBSERVED_PROSE = {
  unread: "lines or attachments that may hold a report could not be read",
  "no-kernel": "nothing in the log is from a kernel",
  "hosts-mixed": "lines of two machines may be mixed up",
  "lockdep-not-on": "nothing shows that lockdep was on and proved locking",
  "begins-late": "the log begins after the kernel did",
  "lockdep-off": "lockdep was off",
  "blind-spot": "kernels of this release cannot report it",
  panic: "the kernel panicked",
  cut: "the log is cut off",
  dropped: "messages were lost on their way to the log",
  "no-userspace": "the boot did not reach userspace",
  "ends-early": "the log ends too early",
  "damaged-report": "a report in it is damaged, and may be this one",
} as const satisfies Record<UnobservedReason, string>;

/** `possible deadlock in take_ba (6bb8ce7d879a)` */
export function reportName({ title, id }: Report): Safe {
  return safe`${printable(title)} (${printable(id)})`;
}

/** `lockdep was off since line 224, after possible deadlock in take_ba (6bb8ce7d879a)` */
export function unobservedText({ reason, maskedBy, blindSpot }: Unobserved, offLine: number | null): Safe {
  if (blindSpot !== null) return safe`${UNOBSERVED_PROSE[reason]}. ${printable(blindSpot.meaning)}`;
  if (reason === "damaged-report" && maskedBy !== null)
    return safe`${UNOBSERVED_PROSE[reason]}: ${reportName(maskedBy)}`;
  if (reason !== "lockdep-off") return own(UNOBSERVED_PROSE[reason]);
  const since = offLine === null ? own("") : safe` since line ${offLine}`;
  return safe`${UNOBSERVED_PROSE[reason]}${since}, ${maskedBy === null ? own("as the log says") : safe`after ${reportName(maskedBy)}`}`;
}

/** What a boot says, in one line without its end. */
function bootVerdictText({ boot, report, unobserved }: BootVerdict): Safe {
  const name = printable(boot.name === "-" ? "standard input" : boot.name);
  if (report !== null) return safe`${name}:${report.lines.first}: ${reportName(report)}`;
  if (unobserved === null) return safe`${name}: lockdep was on to the end and did not report it`;
  return safe`${name}: ${unobservedText(unobserved, boot.boot?.lockdep.offAt?.line ?? null)}`;
}

/** What a kernel with the report is called, and one without: git's own terms, or old and new where the fix is looked for. */
export const TERMS = {
  bug: { good: own("good"), bad: own("bad") },
  fix: { good: own("new, fixed"), bad: own("old, not fixed") },
} as const satisfies Record<Search, { readonly good: Safe; readonly bad: Safe }>;

/** The verdict and why, in one line: for standard error. */
export function verdictText(
  { result, boots, decisive }: Verdict,
  target: string,
  search: Search = "bug",
): Safe {
  const terms = TERMS[search];
  const name = printable(target);
  const [only, ...more] = boots;
  if (only === undefined) return own("cannot tell: no log was read");
  const unusable = boots.filter((boot) => boot.result === "unusable").length;
  if (result === "bad") return safe`${terms.bad}: ${bootVerdictText(decisive ?? only)}`;
  if (result === "unusable") {
    const many = more.length > 0 ? safe` (${unusable} of ${boots.length} boots prove nothing)` : own("");
    return safe`cannot tell: ${bootVerdictText(decisive ?? only)}${many}`;
  }
  if (more.length === 0) return safe`${terms.good}: ${bootVerdictText(only)}: ${name}`;
  const aside = unusable > 0 ? safe`; ${counted(unusable, "more boot")} could not show it` : own("");
  return safe`${terms.good}: in none of ${counted(boots.length - unusable, "boot")}: ${name}${aside}`;
}
