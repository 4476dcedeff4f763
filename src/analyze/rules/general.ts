import { hit, taintOf } from "../scene.ts";
import type { Rule } from "./rule.ts";

/** What only one task at a time runs, and the entries of its lock: a cycle through that is none of these. */
const GATES = [
  { gate: "start-up, where one initcall runs after the other", frames: /^kernel_init_freeable$/, ids: [] },
  {
    gate: "system_transition_mutex",
    frames: /^(?:pm_suspend|hibernate|enter_state|hibernation_snapshot)$/,
    ids: ["system_transition_mutex"],
  },
  {
    gate: "rtnl_mutex",
    frames: /^(?:rtnl_newlink|rtnl_dellink|rtnl_setlink|do_setlink|rtnl_group_changelink)$/,
    ids: ["rtnl_mutex"],
  },
  {
    gate: "cpuhp_state, which one CPU at a time goes through",
    frames: /^_cpu_(?:up|down)$/,
    ids: ["cpu_hotplug_lock", "cpuhp_state"],
  },
] as const;

/** What is told of any report, where nothing tells more. */
export const GENERAL = {
  "lock-order-inversion": {
    priority: 50,
    kinds: ["circular"],
    unless: ["*"],
    find({ edges, report }) {
      const { cycle, lock, holding, backtrace } = report;
      // what a damaged report still has
      if (edges.length < 2) {
        const locks = cycle.length > 0 ? cycle : [holding, lock].flatMap((one) => one?.class ?? []);
        const at = [holding, lock].flatMap((one) => one?.at?.symbol ?? []);
        const functions = at.length > 0 ? at : backtrace.slice(0, 1).map(({ symbol }) => symbol);
        return hit("possible", { locks, functions }, ...edges);
      }
      return hit(
        "likely",
        { locks: report.cycle, functions: [...new Set(edges.flatMap(({ at }) => at ?? []))] },
        ...edges,
      );
    },
  },

  // a lock that all of them hold lets only one run at a time: as with start-up, or the whole of suspend
  "gate-on-every-edge": {
    priority: 54,
    kinds: ["circular"],
    find(scene) {
      const taken = scene.edges.filter(({ functions }) => functions.length > 0);
      if (taken.length < 2 || taken.length < scene.edges.length) return null;
      for (const { gate, frames, ids } of GATES) {
        if (scene.inCycle(...ids) !== null) continue;
        const shown = taken.map(({ functions }) => functions.find((name) => frames.test(name)));
        if (shown.every((name) => name !== undefined))
          return hit("likely", { gate, frames: [...new Set(shown)] }, ...taken);
      }
      return null;
    },
  },

  "device-lock-unseen": {
    priority: 30,
    kinds: ["circular", "recursive", "held-dump"],
    find(scene) {
      const lock = scene.isHeld("device_lock");
      if (lock === null || lock.version > 1 || scene.inCycle("device_lock") !== null) return null;
      return hit("possible", { lock: lock.class, at: lock.at?.symbol ?? null });
    },
  },

  "earlier-problem": {
    priority: 25,
    kinds: [
      "circular",
      "recursive",
      "irq-order",
      "irq-inversion",
      "inconsistent",
      "wait-context",
      "unlock-balance",
      "contention",
      "held-freed",
      "held-exit",
      "held-user",
      "rcu",
      "sleeping",
      "atomic-scheduling",
      "leaked",
      "internal",
      "preemptible",
      "spinlock-debug",
      "limit",
    ],
    find(scene) {
      const letters = taintOf(scene);
      return letters.length === 0 ? null : hit("possible", { taint: letters.join("") });
    },
  },

  "trylock-in-cycle": {
    priority: 20,
    kinds: ["circular"],
    find(scene) {
      const tried = scene.edges.filter(({ acquisition }) => acquisition === "trylock");
      const noise = scene.inCycle(
        "rcu_read_lock",
        "drm_connector_list_iter",
        "wait_type_override",
        "debug_objects_fill_pool",
      );
      if (tried.length === 0 && noise === null) return null;
      return hit("possible", { class: noise ?? tried[0]?.edge.to ?? null }, ...tried);
    },
  },
} as const satisfies Record<string, Rule>;
