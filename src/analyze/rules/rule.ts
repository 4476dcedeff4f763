import type { Kind } from "../../report/schema.ts";
import type { Hit, Scene } from "../scene.ts";

/**
 * What can be concluded from a report, one entry a rule. A rule gives a code and arguments; what they mean,
 * what to ask and what mends it stands in src/render/reports/findings-prose.ts under the same code.
 */
export interface Rule {
  /** Rules of higher priority come first in the list of findings. */
  readonly priority: number;
  readonly kinds: readonly Kind[];
  /** Not told where one of these was found: they say it better. */
  readonly unless?: readonly string[];
  /** Told behind these, and as no more than possible: they contradict it. */
  readonly behind?: readonly string[];
  readonly find: (scene: Scene) => Hit | null;
}
