import type { Details } from "../kind.ts";
import { frameOf, irqEventsOf, numberOf, type Parts, taskOf, textOf } from "./parts.ts";

/** What __warn() in kernel/panic.c and report_bug() print around a WARN(): message, place, interrupt trace. */
export function warningOf(parts: Parts): Details {
  const places = [parts.headline, ...parts.lines("LockdepWarning"), ...parts.lines("OtherWarning")].filter(
    ({ name }) => name === "LockdepWarning" || name === "OtherWarning",
  );
  // of a symboliser's several lines the last is the function that the warning is in
  const place = places.find(({ frame }) => frame?.inline !== true) ?? places[0] ?? null;
  const message = parts.line("LocksWarnOn") ?? parts.line("RtmutexDeadlock") ?? parts.line("Text");
  const reason = parts.line("PossibleReason");
  const irqEvents = irqEventsOf(parts);
  const cpu = place === null ? null : numberOf(place, "cpu");
  const task = place === null ? null : taskOf(place);
  const end = parts.line("EndTrace");
  const isBelow = place !== null && message !== null && message.number > place.number;
  const condition = place === null ? null : textOf(place, "condition");
  if (place === null && message === null) return {};
  return {
    warning: {
      message: message?.text ?? null,
      ...(condition === null ? {} : { condition }),
      file: place === null ? null : textOf(place, "file"),
      line: place === null ? null : numberOf(place, "line"),
      at: place?.frame ? frameOf(place.frame) : null,
      ...(cpu === null || task === null ? {} : { runner: { cpu, task } }),
      ...(isBelow ? { below: true as const } : {}),
      ...(end === null ? {} : { endTrace: textOf(end, "id") ?? "" }),
      reason: reason === null ? null : textOf(reason, "reason"),
    },
    ...(irqEvents === null ? {} : { irqEvents }),
  };
}
