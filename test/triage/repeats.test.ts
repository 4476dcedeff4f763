import { expect, test } from "vitest";
import type { Question } from "../../src/analyze/index.ts";
import { formatsOf, render, reportFormat } from "../../src/render/formats.ts";
import { printed } from "../../src/render/reports/repeated.ts";
import { repeatOf } from "../../src/report/repeat.ts";
import type { Document } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";
import { printedAgain } from "../support/again.ts";
import { fixtures } from "../support/fixtures.ts";

/** The document of a log; what was read with the same questions before is remembered. */
function read(log: string, asked: readonly Question[] = []): Promise<Document> {
  return triage([{ name: "dmesg.txt", chunks: [Buffer.from(log, "latin1")] }], asked);
}

/** Fails where anybody changes what reports have in common. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

const PRINTED_ONE_BY_ONE = formatsOf("reports").filter((name) => ["json", "ndjson", "kernel"].includes(name));

/** Logs as they came, and as other boots would print them, of which some ran for long. */
const LOGS = fixtures()
  .filter(({ name }) => !name.startsWith("clean/"))
  .map(({ name, bytes }) => {
    const log = bytes.toString("latin1");
    const others = [1000, 10_000, 1_000_000, 100_000, 2_000_000, 20_000, 200_000, 3000, 3_000_000];
    return { name, boots: [log, ...others.map((least, i) => printedAgain(log, i + 1, least))] };
  });

test.each(LOGS)("$name: what was read before comes out as if it had not been", async ({ boots }) => {
  const asked: readonly Question[] = [];
  for (const [boot, log] of boots.entries()) {
    const { reports, ...rest } = frozen(await read(log, asked));
    const { reports: alone, ...restAlone } = await read(log);
    expect(rest).toEqual(restAlone);
    expect(JSON.stringify(reports)).toBe(JSON.stringify(alone));
    for (const [i, report] of reports.entries()) {
      // the rtmutex detector prints addresses that no report keeps
      const isKept = report.damage.length === 0 && report.kind !== "rtmutex-deadlock";
      // a null address that is the number of the end trace, too, might mean something by that: it is read anew
      const endTrace = report.warning?.endTrace ?? null;
      const isStranger = endTrace !== null && endTrace === report.irqEvents?.softirqsEnabled?.at?.address;
      const mustRepeat = boot > 7 && isKept && !isStranger;
      expect(repeatOf(report) !== undefined || !mustRepeat).toBe(true);
      for (const name of PRINTED_ONE_BY_ONE) {
        const format = await reportFormat(name);
        expect(printed(report, format.report)).toBe(format.report(alone[i] ?? report));
      }
    }
  }
});

test.each(LOGS)("$name: no id depends on the pids", async ({ boots: [log = ""] }) => {
  const idsOf = async (least: number): Promise<unknown> =>
    (await read(printedAgain(log, 1, least))).reports.map(({ id, siteId }) => [id, siteId]);
  const ids = await idsOf(1000);
  for (const least of [10_000, 100_000, 1_000_000]) expect(await idsOf(least)).toEqual(ids);
});

test("reports are told apart where other values are equal", async () => {
  const log = LOGS.find(({ name }) => name === "recursive/aa")?.boots[0] ?? "";
  const asked: readonly Question[] = [];
  await read(log, asked);
  await read(log, asked);
  const { reports } = await read(log, asked);
  const address = reports[0]?.lock?.address ?? "";
  expect(address).not.toBe("");
  // the lock that is taken is another one now than the one that is held
  const other = log.replace(
    address,
    address.replace(/.$/, (digit) => (digit === "0" ? "8" : "0")),
  );
  const [changed] = (await read(other, asked)).reports;
  expect(changed).toEqual((await read(other)).reports[0]);
  expect(changed).not.toEqual(reports[0]);
});

test("what never comes again takes the place of nothing that does", async () => {
  const asked: readonly Question[] = [];
  const [log = ""] = LOGS.find(({ name }) => name === "recursive/aa")?.boots ?? [];
  for (let boot = 0; boot < 2; boot++) await read(log, asked);
  // as many others as would push out all that is kept
  const others = Array.from({ length: 300 }, (_, i) => log.replaceAll("lock_a", `lock_${i}`));
  const once = (await read(others.join("\n"), asked)).reports;
  expect(once).toHaveLength(300);
  expect(once.filter((report) => repeatOf(report) !== undefined)).toEqual([]);
  const [again] = (await read(log, asked)).reports;
  expect(again === undefined ? undefined : repeatOf(again)).toBeDefined();
});

test("no format changes what reports have in common", async () => {
  const asked: readonly Question[] = [];
  const [log = ""] = LOGS.find(({ name }) => name === "circular/abba")?.boots ?? [];
  for (let boot = 0; boot < 3; boot++) await read(printedAgain(log, boot), asked);
  const document = frozen(await read(log, asked));
  for (const name of formatsOf("reports")) expect(await render("reports", name, document)).not.toBe("");
});
