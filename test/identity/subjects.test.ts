import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { titledMails, titleOfSubject } from "./subjects.ts";

test.each([
  ["[syzbot] [net?] possible deadlock in foo (2)", "possible deadlock in foo"],
  ["Re: [syzbot] [usb?] upstream boot error: WARNING: suspicious RCU usage in foo", "WARNING: suspicious RCU usage in foo"],
  ["[syzbot] BUG: MAX_LOCKDEP_CHAIN_HLOCKS too low! (7)", "BUG: MAX_LOCKDEP_CHAIN_HLOCKS too low!"],
  ["BUG: possible deadlock in foo", "possible deadlock in foo"],
  ["WARNING: possible circular locking dependency detected", null],
  ["[PATCH] net: fix possible deadlock in foo", null],
  ["[syzbot] WARNING in foo", null],
])("the title in a subject: %s", (subject, title) => {
  expect(titleOfSubject(subject)).toBe(title);
}); // prettier-ignore

const ARCHIVE = "../shared/corpus/archive";

describe.skipIf(!existsSync(ARCHIVE))(`mails of ${ARCHIVE}`, () => {
  test("the title of a report is its mail's subject, but for those that somebody looked at", async () => {
    const mails = await titledMails(ARCHIVE);
    expect(mails.filter(({ isEqual }) => isEqual).length).toBeGreaterThanOrEqual(196);
    expect(mails.filter(({ isEqual, why }) => !isEqual && why === null)).toEqual([]);
  }, 120_000);
});
