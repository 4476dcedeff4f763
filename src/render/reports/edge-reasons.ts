import type { LookAt } from "../../report/analysis-schema.ts";

/** Why an edge is the one to look at: behind "look at it:". */
export const EDGE_REASON_PROSE = {
  "against-order": "the kernel documents the other order",
  breaks: "it is the edge that a fix usually breaks",
  "port-lock": "it is recorded under a lock that printing takes",
  "off-path": "one path takes all other locks of the cycle, another path this one",
  "set-up": "it is recorded during mount, where the order is easier to change",
  module: "it is the only one that goes through a module",
  closes: "it is the newest one",
  only: "no other edge is likelier",
} as const satisfies Record<LookAt["reason"], string>;
