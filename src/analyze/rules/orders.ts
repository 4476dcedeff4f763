import { roleIn } from "../../symbols/roles.ts";
import { breaking, hit, isAlongOrder, PRINTING } from "../scene.ts";
import { HOTPLUG, QUEUE } from "./groups.ts";
import type { Rule } from "./rule.ts";

/** Orders that a subsystem's locks are taken in. */
export const ORDERS = {
  "declared-edge": {
    priority: 75,
    kinds: ["circular"],
    find(scene) {
      const [declared] = scene.withRole("priming");
      if (declared === undefined) return null;
      const role = roleIn(declared, "priming");
      return hit(
        "likely",
        { from: declared.edge.from, to: declared.edge.to, by: role?.by ?? null },
        declared,
      );
    },
  },

  "cpu-hotplug-order": {
    priority: 84,
    kinds: ["circular", "recursive"],
    find(scene) {
      if (scene.inCycle(...HOTPLUG) === null) return null;
      const into = scene.into(...HOTPLUG);
      const out = scene.outOf(...HOTPLUG);
      const keeps = into.find((edge) => roleIn(edge, "cpus-kept")) ?? into[0];
      const calls = out.find((edge) => roleIn(edge, "cpu-hotplug")) ?? out[0];
      const keeping = keeps && roleIn(keeps, "cpus-kept");
      const calling = calls && roleIn(calls, "cpu-hotplug");
      return breaking(
        keeping ? keeps : null,
        hit(
          keeping && calling ? "certain" : "likely",
          {
            lock: keeps?.edge.from ?? null,
            inCallback: calls?.edge.to ?? null,
            keeper: keeping?.by ?? null,
            caller: keeping?.whose ?? null,
            callback: calling?.whose ?? null,
          },
          keeps,
          calls,
        ),
      );
    },
  },

  "queue-freeze-order": {
    priority: 80,
    kinds: ["circular"],
    find(scene) {
      const queue = scene.inCycle(...QUEUE);
      if (queue === null) return null;
      // taken while the queue is frozen, and not as the block layer itself orders it
      const underFreeze = scene.outOf(...QUEUE).find((edge) => !isAlongOrder(scene, edge));
      const doubtful =
        scene.withRole("priming").length > 0 || scene.inCycle("sk_lock", "genl_mutex") !== null;
      return breaking(
        underFreeze ?? scene.into(...QUEUE)[0],
        hit(
          doubtful ? "possible" : "likely",
          {
            queue,
            declared: scene.withRole("priming").length > 0,
            reclaim: scene.inCycle("fs_reclaim") !== null,
          },
          ...scene.into(...QUEUE),
          ...scene.outOf(...QUEUE),
        ),
      );
    },
  },

  "freeze-writers-order": {
    priority: 60,
    kinds: ["circular"],
    unless: ["freeze-against-reclaim"],
    find(scene) {
      if (scene.inCycle("sb_writers") === null) return null;
      return hit(
        "possible",
        { bridge: scene.inCycle("seq_file_lock", "pipe_mutex") },
        ...scene.into("sb_writers"),
        ...scene.outOf("sb_writers"),
      );
    },
  },

  "journal-order": {
    priority: 72,
    kinds: ["circular"],
    find(scene) {
      const handle = scene.inCycle("jbd2_handle");
      if (handle === null) return null;
      const [into] = scene.into("jbd2_handle");
      const [out] = scene.outOf("jbd2_handle");
      return hit("likely", { lock: into?.edge.from ?? null, underHandle: out?.edge.to ?? null }, into, out);
    },
  },

  "console-lock-order": {
    priority: 62,
    kinds: ["circular"],
    unless: ["printk-under-lock"],
    find(scene) {
      if (scene.inCycle("console_lock") === null || scene.inCycle("rq_lock", "console_owner") !== null)
        return null;
      const [into] = scene.into("console_lock");
      return hit("possible", { lock: into?.edge.from ?? null }, into, ...scene.outOf("console_lock"));
    },
  },

  "printk-under-lock": {
    priority: 78,
    kinds: ["circular", "inconsistent", "irq-order", "irq-inversion", "wait-context"],
    find(scene) {
      const into = scene.into(...PRINTING);
      const seen = into.find((edge) => roleIn(edge, "printk", "console"));
      // nothing but printing takes these: the class says it where the stack was cut away
      const prints = seen ?? into.find(({ functions }) => functions.length === 0);
      const [driver] = scene.underPortLock();
      if (prints !== undefined)
        return hit(
          seen === undefined ? "possible" : "likely",
          {
            lock: prints.edge.from,
            printing: prints.edge.to,
            message: roleIn(prints, "printk")?.whose ?? null,
            port: driver?.edge.from ?? null,
            driver: driver?.at ?? null,
            under: driver?.edge.to ?? null,
          },
          prints,
          driver,
        );
      const { lock } = scene.report;
      const role = roleIn(scene.backtrace, "printk");
      if (lock === null || !scene.is(lock.class, ...PRINTING) || role === null) return null;
      return hit("likely", {
        lock: null,
        printing: lock.class,
        message: role.whose,
        port: null,
        driver: null,
        under: null,
      });
    },
  },

  "rtnl-order": {
    priority: 58,
    kinds: ["circular"],
    find(scene) {
      const name = scene.inCycle("rtnl_mutex", "netdev_instance_lock", "wiphy_mutex");
      if (name === null) return null;
      const ids = ["rtnl_mutex", "netdev_instance_lock", "wiphy_mutex"];
      return hit("possible", { lock: name }, ...scene.into(...ids), ...scene.outOf(...ids));
    },
  },

  "cgroup-order": {
    priority: 55,
    kinds: ["circular"],
    find(scene) {
      const other = scene.inCycle("kn_active", "cpu_hotplug_lock", "pcpu_alloc_mutex", "percpu_rwsem_family");
      if (scene.inCycle("cgroup_mutex") === null || other === null) return null;
      return hit("possible", { other }, ...scene.into("cgroup_mutex"), ...scene.outOf("cgroup_mutex"));
    },
  },
} as const satisfies Record<string, Rule>;
