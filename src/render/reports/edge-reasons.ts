import type { LookAt } from "../../report/analysis-schema.ts";

/** Why an edge is the one to look at: behind "look at it:". */
export const EDGE_REASON_PROSE = {
  "against-order": "the kernel documents the other order",
  breaks: "it is the edge that a fix usually breaks",
  "port-lock": "it is taken under a lock that printing takes",
  "off-path": "all other locks of the cycle are taken on one path, and this one on another",
  "set-up": "it is taken while mounting, where the order is easier to change",
  module: "it is the only one through a module",
  closes: "it is the newest one",
  only: "no other edge is likelier",
} as const satisfies Record<LookAt["reason"], string>;
