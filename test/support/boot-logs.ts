import { logLines } from "./fixtures.ts";

/** Logs of boots that differ in their time stamps alone, as those of one machine do. */

const CLEAN = logLines("clean/kernfs");
const REPORTED = logLines("circular/abba");

/** @param number tells the boots apart */
export function bootLog(number: number, shows: boolean): string {
  const lines = shows ? REPORTED : CLEAN;
  return [...lines, `[   99.${String(number).padStart(6, "0")}][    T1] boot ${number}`, ""].join("\n");
}
