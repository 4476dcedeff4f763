import type { Because } from "../report/names.ts";
import type { Boot, Source } from "../report/schema.ts";
import { NO_PROVE_LOCKING } from "./coverage.ts";

/** What a boot's log tells, before it is judged. */
type BootFacts = Omit<Boot, "result" | "because">;

type Outcome = Pick<Boot, "result" | "because">;

/** run_init_process() has said so since v5.0; older kernels reach userspace in silence. */
const TELLS_OF_INIT = 5;

/**
 * Why the absence of a report from a boot proves nothing. In doubt it does not: a boot that is left out costs a run,
 * one that is wrongly called clean costs the bisection.
 *
 * @param needsLockdep whether what is absent cannot be reported while lockdep is off
 * @returns null: it could have been reported, from the beginning to the end
 */
export function whySilent(boot: BootFacts, needsLockdep: boolean): Because | null {
  const { lockdep, end, cut, kernel, userspace, traits, dropped, unread, mixed } = boot;
  if (unread > 0) return "unread";
  if (end?.how === "panic") return "panic";
  if (needsLockdep && lockdep.state === "off") return "lockdep-off";
  // whatever it was may have been among them
  if (dropped > 0) return "dropped";
  if (mixed === true) return "hosts-mixed";
  if (cut && end === null) return "cut";
  if (needsLockdep && (lockdep.state !== "on" || traits.includes(NO_PROVE_LOCKING))) return "lockdep-not-on";
  // what was reported before may have turned lockdep off: its banner comes all the same
  if (kernel === null) return "begins-late";
  const major = /^(\d+)\./.exec(kernel.release)?.[1];
  const tellsOfInit = Number(major) >= TELLS_OF_INIT;
  return end === null && userspace === null && tellsOfInit ? "no-userspace" : null;
}

/** What one boot says: whether anything was reported, and if not, whether that proves anything. */
export function bootResult(boot: BootFacts, isReported: boolean): Outcome {
  return outcome(isReported, whySilent(boot, true));
}

/** @param isWhole whether it could be read to its end */
export function sourceResult(
  { boots, unread }: Pick<Source, "boots" | "unread">,
  isReported: boolean,
  isWhole: boolean,
): Outcome {
  if (unread.length > 0) return outcome(isReported, "unread");
  if (!isWhole) return outcome(isReported, "cut");
  if (boots.length === 0) return outcome(isReported, "no-kernel");
  const first = boots.find(({ result }) => result === "unknown");
  return outcome(isReported, first?.because ?? null);
}

/**
 * Why a log proves nothing about what was not reported in it, whatever else was: that one of its own reports turned
 * lockdep off does not count, for who knows that report knows that.
 */
export function whyInconclusive({ boots, unread, because, result }: Source): Because | null {
  if (result === "unknown") return because;
  if (unread.length > 0) return "unread";
  for (const boot of boots) {
    const isOffByReport = boot.result === "reported" && boot.lockdep.offAt?.reason === "report";
    const why = whySilent(boot, !isOffByReport);
    if (why !== null) return why;
  }
  return null;
}

function outcome(isReported: boolean, why: Because | null): Outcome {
  if (isReported) return { result: "reported", because: null };
  return why === null ? { result: "clean", because: null } : { result: "unknown", because: why };
}
