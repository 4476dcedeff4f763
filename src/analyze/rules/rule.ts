import type { Kind } from "../../report/schema.ts";
import type { Hit, Scene } from "../scene.ts";

/**
 * What can be concluded from a report, one entry per rule. A rule gives a code and arguments; what they mean, what to
 * ask and how to fix it is under the same code in src/render/reports/findings/, in the file of the same name.
 */
export interface Rule {
  /** Rules of higher priority come first in the list of findings. */
  readonly priority: number;
  readonly kinds: readonly Kind[];
  /** Dropped if one of these was found: they say it better. */
  readonly unless?: readonly string[];
  /** Listed after these, and as no more than possible: they contradict it. */
  readonly behind?: readonly string[];
  readonly find: (scene: Scene) => Hit | null;
}
