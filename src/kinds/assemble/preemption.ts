import type { Details } from "../kind.ts";
import { framesOf, irqEventsOf, type Parts } from "./parts.ts";

/** Where preemption was switched off, and the interrupt trace: print_preempt_disable_ip(). */
export function contextOf(parts: Parts): Details {
  const off = parts.first("preemption");
  const irqEvents = irqEventsOf(parts);
  return {
    ...(off === null ? {} : { preemptionDisabledAt: framesOf([off.lead, ...off.frames]) }),
    ...(irqEvents === null ? {} : { irqEvents }),
  };
}
