import { createHash } from "node:crypto";
import { askerOf } from "../kinds/bug/asker.ts";
import { trace } from "../kinds/bug/culprit.ts";
import { type Mark, stepsOf, takersOf } from "../kinds/bug/marks.ts";
import { definitionOf } from "../kinds/index.ts";
import type { Frame, Untitled } from "../report/schema.ts";
import { plainSymbol, withoutCallPrefix } from "../symbols/functions.ts";
import { isCorrupted } from "./title.ts";

/** Changes whenever the definition below does, so that ids of two definitions never meet. */
export const IDENTITY_VERSION = 3;

export interface Identity {
  /** The bug: 12 hexadecimal digits. */
  readonly id: string;
  /** The bug and where its locks are taken: 12 hexadecimal digits, of no meaning without the id. */
  readonly siteId: string;
}

/**
 * The identity of the bug that a report shows: the same in every boot, build, architecture and transport,
 * whichever edge closed the cycle. docs/identity.md is its definition.
 */
export function identityOf(report: Untitled, title: string): Identity {
  const site = isCorrupted(title) ? evidenceOf(report) : siteOf(report, title);
  const parts = definitionOf(report.kind).bug(report, site);
  return {
    id: digest(["bug", ...parts]),
    siteId: digest(["site", ...parts, ...sitesOf(report, site)]),
  };
}

function digest(parts: readonly Mark[]): string {
  return createHash("sha256")
    .update(JSON.stringify([IDENTITY_VERSION, ...parts]))
    .digest("hex")
    .slice(0, 12);
}

/**
 * Of a title what does not depend on the release: `[ INFO: … ]` became `WARNING: …` in v4.12. Nor on the pid: of six
 * digits and more, syzbot takes it for an address. Where its function works for any caller, the caller stands for it.
 */
function siteOf(report: Untitled, title: string): string {
  return plainSymbol(title.replace(/^(?:WARNING|BUG|INFO): /, "").replace(LONG_PID, "NUM")).replace(
    / in (\w+)$/,
    (_, name: string) => ` in ${askerOf(report, name) ?? name}`,
  );
}

const LONG_PID = /(?<=[/[])ADDR(?=[\],]|$)/;

/**
 * What tells a report without a stack from others: the place in the source that it names, or the function. Where it has
 * neither it is like no other, for nothing shows that it is: what an unwinder merely guesses tells it from the next one.
 */
function evidenceOf(report: Untitled): string {
  const { sleeping, preemptible, lock, holding, warning, rcu, lines, time } = report;
  if (sleeping !== undefined && sleeping.file !== "") return `at ${sleeping.file}:${sleeping.line}`;
  if (rcu !== undefined && rcu.file !== "") return `at ${rcu.file}:${rcu.line}`;
  const place = preemptible?.caller ?? warning?.at ?? lock?.at ?? holding?.at;
  if (place) return `at ${plainSymbol(place.symbol)}`;
  const held = report.held.flatMap(({ locks }) => locks.map((one) => one?.class ?? ""));
  const shown = [...held, ...trace(report).map(plainName)];
  return digest(["alone", report.headline, `${lines.first}`, `${time}`, report.task?.comm ?? "", shown]);
}

/** Where the locks are taken: of a cycle by edge, so that it does not matter which one closed it. */
function sitesOf(report: Untitled, site: string): readonly Mark[] {
  if (report.edges.length > 1) return takersOf(stepsOf(report.edges));
  return [site, plainName(report.lock?.at), plainName(report.holding?.at)];
}

function plainName(frame: Frame | null | undefined): string {
  return withoutCallPrefix(plainSymbol(frame?.symbol ?? ""));
}
