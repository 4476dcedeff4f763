import type { GraphOrder } from "../../lock-graph/order-schema.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { callers } from "../words/frames.ts";
import { bold, type Ink, wrap } from "../words/layout.ts";
import { settingFor } from "./lines.ts";
import { page } from "../words/page.ts";
import { bad, counted, joined, lock, type Part, plain, quiet } from "../words/parts.ts";
import type { Safe } from "../words/safe.ts";

const CALLERS = 3;

/** An order of lock classes for a person, and what it breaks. */
export function renderGraphOrderTable(
  { order, around, kept, breaks, exact, trylocks }: GraphOrder,
  options: { readonly width: number; readonly color: Ink },
): Safe {
  const setting = settingFor(options);
  const { width } = setting;
  const { color } = options;
  const lines = (parts: readonly Part[]): Safe[] => setting.lines(parts, 1);
  if (order.length === 0) return page([wrap([plain("No cycle: any edge can be kept.")], width, color)]);
  const words = [
    `keeps ${counted(kept, "edge")}, breaks ${breaks.length}`,
    exact ? " (no order breaks fewer)" : " (a knot is too large to try all orders: fewer may do)",
    trylocks === 0 ? "" : `; ${counted(trylocks, "edge")} by trylock alone not counted`,
  ];
  return page([
    [bold("order, the outermost first", color), ...lines(chain(order))],
    ...(around.length > order.length
      ? [[bold("with what stands in cycles with these", color), ...lines(chain(around))]]
      : []),
    wrap([plain(words.join(""))], width, color),
    ...(breaks.length === 0
      ? []
      : [[bold("against it", color), ...breaks.flatMap((edge) => lines(brokenRow(edge)))]]),
  ]);
}

function brokenRow({ from, to, stack, evidence }: GraphOrder["breaks"][number]): Part[] {
  const path = callers(fromTaker(stack), CALLERS);
  return [
    bad("- "),
    lock(from),
    plain(" → "),
    lock(to),
    ...(path.length === 0 ? [quiet(`, ${evidence}`)] : [plain(" in "), ...path]),
  ];
}

function chain(names: readonly string[]): Part[] {
  return joined(
    names.map((name) => [lock(name)]),
    plain(" → "),
  );
}
