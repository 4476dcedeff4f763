import { type EdgeRoles, roleIn } from "../../symbols/roles.ts";
import { breaking, type Hit, hit, type Scene } from "../scene.ts";
import { FREEZE, HOTPLUG, QUEUE, WORK } from "./groups.ts";
import type { Rule } from "./rule.ts";

const HUBS = [
  "sk_lock",
  "seq_file_lock",
  "genl_mutex",
  "rtnl_mutex",
  "key_sem",
  "xfs_ilock",
  "rhashtable_bucket",
  "regmap_lock",
] as const;

/** Adds something to a framework, which calls back under the lock that this takes, or takes it away. */
const REGISTRATION = /^_{0,3}(?:\w{1,40}_)?(?:un|de)?register(?:_\w{1,40})?$/;

/** What such functions leave to others, which take that lock. */
const PART_OF_REGISTRATION = /_(?:add|insert|attach|connect|del|delete|remove|detach|disconnect)(?:_|$)/;

/** What a registration allocates, makes or waits for is not what it locks. */
const OF_SERVICES = ["fs_reclaim", "mmu_notifier_invalidate_range_start", "kn_active", ...WORK] as const;

/** Which function of an edge's stack registers, and takes the lock for that. */
function registers({ functions, at }: EdgeRoles): string | null {
  const first = at === null ? -1 : functions.indexOf(at);
  const [taker, caller] = first === -1 ? [] : functions.slice(first);
  if (taker === undefined || REGISTRATION.test(taker)) return taker ?? null;
  const isPart = PART_OF_REGISTRATION.test(taker) && caller !== undefined && REGISTRATION.test(caller);
  return isPart && familyOf(taker) === familyOf(caller) ? caller : null;
}

/** What the names of a subsystem's functions begin with. */
function familyOf(name: string): string {
  return /^_*([a-z0-9]+)/.exec(name)?.[1] ?? name;
}

/** Objects that are stacked on objects of their own sort. */
const STACKED = [
  "i_rwsem",
  "sb_writers",
  "s_umount",
  "overlayfs_keys",
  "ima_iint",
  "q_usage_counter_io",
  "open_mutex",
  "loop_lo_mutex",
  "mq_flush_lock",
  "xmit_lock",
  "addr_list_lock",
  "netdev_instance_lock",
  "md_reconfig",
  "wq_completion",
] as const;

const STACKING_FUNCTION =
  /^(?:ovl_|lo_|loop_|dm_|md_|raid\d|nbd_|nvmet?_|ecryptfs_|vfs_iter_(?:read|write)|macvlan_|vlan_|bond_|team_|br_|ipvlan_|backing_file_)/;

/** Sockets that have another one within, of the same class if nobody gave it one of its own. */
const SOCKET_IN_SOCKET = /^(?:smc|mptcp|kcm|espintcp|tls|rds_tcp|l2tp|o2net|siw|sctp_accept|svc_tcp|xs_tcp)_/;

/** A chain through sk_lock, of which the edges are of sockets on top of each other. */
function stackedSocket(scene: Scene): Hit | null {
  const [out] = scene
    .outOf("sk_lock")
    .filter((edge) => edge.functions.some((name) => SOCKET_IN_SOCKET.test(name)));
  const [into] = scene.into("sk_lock");
  if (out === undefined || into === undefined) return null;
  // the inner socket's own layer takes it there: the outer one is another socket
  if (into.functions.some((name) => SOCKET_IN_SOCKET.test(name))) return null;
  const by = out.functions.find((name) => SOCKET_IN_SOCKET.test(name)) ?? null;
  return breaking(out, hit("likely", { lock: out.edge.from, by, levels: 0 }, into, out));
}

/** Both instances are printed: whether they are one. Hashed addresses are equal only for one object, too. */
function sameInstance({ report: { lock, holding } }: Scene): boolean | null {
  if (!lock?.address || !holding?.address) return null;
  return lock.address === holding.address;
}

/** Locks of objects: nested, stacked, of the same class, or taken away from under somebody. */
export const OBJECTS = {
  "same-lock-twice": {
    priority: 76,
    kinds: ["recursive"],
    unless: ["work-waits-for-itself"],
    find(scene) {
      const { lock, holding } = scene.report;
      if (lock === null || holding === null || scene.report.comparison !== undefined) return null;
      const same = sameInstance(scene);
      // a variable, not a member: there is only one
      const single = same === null && !/[&>[*]/.test(lock.class);
      if (same !== true && !single) return null;
      const [edge] = scene.edges;
      const reading =
        edge?.acquisition === "read" || scene.is(lock.class, ...FREEZE) || scene.is(lock.class, ...HOTPLUG);
      return hit(
        same === true && !reading ? "certain" : "likely",
        {
          lock: lock.class,
          first: holding.at?.symbol ?? null,
          second: lock.at?.symbol ?? null,
          address: lock.address,
          reading,
          alone: !reading,
        },
        ...scene.edges,
      );
    },
  },

  "stacked-objects": {
    priority: 72,
    kinds: ["circular", "recursive"],
    unless: ["same-lock-twice"],
    find(scene) {
      const socket = stackedSocket(scene);
      if (socket !== null) return socket;
      const { cycle, held } = scene.report;
      const recursive = scene.kind === "recursive" && sameInstance(scene) === false;
      const name = cycle.find(
        (one, i) => scene.is(one, ...STACKED) && (recursive || cycle.indexOf(one) !== i),
      );
      if (name === undefined) return null;
      const functions = [...scene.edges.flatMap((edge) => edge.functions), ...scene.backtrace.functions];
      const stacking = functions.find((symbol) => STACKING_FUNCTION.test(symbol)) ?? null;
      const levels = held.flatMap(({ locks }) => locks).filter((lock) => lock?.class === name).length;
      return hit(
        stacking === null ? "possible" : "likely",
        { lock: name, by: stacking, levels },
        ...scene.edges.filter(({ edge }) => edge.from === name || edge.to === name),
      );
    },
  },

  "wrong-nesting-order": {
    priority: 71,
    kinds: ["recursive"],
    find(scene) {
      const { comparison, lock } = scene.report;
      if (comparison === undefined) return null;
      return hit("likely", { lock: lock?.class ?? null, comparison }, ...scene.edges);
    },
  },

  "missing-nesting": {
    priority: 70,
    kinds: ["recursive"],
    unless: ["same-lock-twice", "wrong-nesting-order", "work-waits-for-itself"],
    behind: ["stacked-objects", "recursion-through-reclaim"],
    find(scene) {
      const { lock, holding } = scene.report;
      // of a damaged report the head may be missing
      if (lock === null || holding === null)
        return hit("possible", {
          lock: lock?.class ?? scene.report.cycle[0] ?? null,
          first: null,
          second: lock?.at?.symbol ?? scene.backtrace.at,
          subclass: lock?.subclass ?? null,
        });
      const same = sameInstance(scene);
      return hit(
        same === false ? "likely" : "possible",
        {
          lock: lock.class,
          first: holding.at?.symbol ?? null,
          second: lock.at?.symbol ?? null,
          subclass: lock.subclass,
        },
        ...scene.edges,
      );
    },
  },

  "unrelated-objects": {
    priority: 55,
    kinds: ["circular"],
    find(scene) {
      const { cycle } = scene.report;
      const hub = scene.inCycle(...HUBS);
      // one class twice: two objects, or two levels of a tree
      const twice = cycle.find((name, i) => cycle.indexOf(name) !== i) ?? null;
      const name = twice ?? (cycle.length < 3 ? null : hub);
      return name === null ? null : hit("possible", { hub: name, twice: twice !== null }, ...scene.edges);
    },
  },

  // a path is released before: 6416954ca75b, 3d05cad3c357, 2bb2e00ed978, 8731f2c50b0b, e110f8911ddb and others
  "lock-under-tree": {
    priority: 71,
    kinds: ["circular"],
    find(scene) {
      const under = scene
        .outOf("btrfs_tree")
        // reading a block is what a locked path is for
        .filter(({ edge }) => !scene.is(edge.to, ...QUEUE));
      const edge = under.find(({ edge: { closes } }) => closes) ?? under[0];
      if (edge === undefined) return null;
      return breaking(
        edge,
        hit(
          "likely",
          { tree: edge.edge.from, taken: edge.edge.to, at: edge.at },
          edge,
          ...scene.into("btrfs_tree"),
        ),
      );
    },
  },

  "sysfs-removal-under-lock": {
    priority: 87,
    kinds: ["circular", "recursive"],
    find(scene) {
      const [into] = scene.into("kn_active");
      const [out] = scene.outOf("kn_active");
      const own = scene.edges.find(
        ({ edge }) => scene.is(edge.from, "kn_active") && scene.is(edge.to, "kn_active"),
      );
      if (own !== undefined)
        return hit(
          "possible",
          {
            lock: own.edge.from,
            remover: roleIn(own, "sysfs-remove")?.whose ?? null,
            method: roleIn(own, "sysfs-method")?.whose ?? null,
            within: true,
            movable: null,
            giving: roleIn(own, "sysfs-method")?.whose ?? null,
          },
          own,
        );
      if (into === undefined || out === undefined) return null;
      const remove = roleIn(into, "sysfs-remove");
      const method = roleIn(out, "sysfs-method");
      if (remove === null && method === null) return null;
      // what removes under a lock of all devices, as PCI's, cannot drop it: the method has to give way
      const gives = remove === null || (method !== null && !into.edge.from.startsWith("&"));
      return breaking(
        gives ? out : into,
        hit(
          remove !== null && method !== null ? "certain" : "likely",
          {
            lock: into.edge.from,
            remover: remove?.whose ?? null,
            method: method?.whose ?? null,
            within: roleIn(into, "sysfs-method") !== null,
            movable: gives ? null : into.edge.from,
            giving: gives ? (method?.whose ?? out.at) : null,
          },
          into,
          out,
        ),
      );
    },
  },

  // usb_open() calls open() under minor_rwsem, usb_deregister_dev() takes that: the drivers gave in, as everywhere
  "registered-under-lock": {
    priority: 59,
    kinds: ["circular"],
    unless: ["cpu-hotplug-order"],
    find(scene) {
      const registering = scene.edges.filter(
        (edge) => registers(edge) !== null && !scene.is(edge.edge.to, ...OF_SERVICES),
      );
      const edge = registering.find(({ edge: { closes } }) => closes) ?? registering[0];
      if (edge === undefined) return null;
      const family = familyOf(registers(edge) ?? "");
      // the framework's own code on all other sides: nobody is called back
      const calledBack = scene.edges.find(
        (other) => other !== edge && other.at && familyOf(other.at) !== family,
      );
      if (calledBack === undefined) return null;
      return breaking(
        edge,
        hit(
          "likely",
          {
            lock: edge.edge.from,
            registers: registers(edge),
            taken: edge.edge.to,
            calledBack: calledBack.at,
          },
          edge,
          calledBack,
        ),
      );
    },
  },

  // btrfs held device_list_mutex, and the chunk tree, over blkdev_get_by_path()
  "device-opened-under-lock": {
    priority: 73,
    kinds: ["circular"],
    find(scene) {
      const opens = scene.into("open_mutex").find((edge) => roleIn(edge, "device-open"));
      if (opens === undefined) return null;
      const role = roleIn(opens, "device-open");
      return breaking(opens, hit("likely", { lock: opens.edge.from, caller: role?.whose ?? null }, opens));
    },
  },

  "teardown-under-open": {
    priority: 68,
    kinds: ["circular"],
    find(scene) {
      const open = scene.inCycle("open_mutex");
      const other = scene.inCycle(...WORK, "s_umount", "kn_active", "sb_writers", "loop_lo_mutex");
      if (open === null || other === null) return null;
      return hit("likely", { lock: open, other }, ...scene.into("open_mutex"), ...scene.outOf("open_mutex"));
    },
  },
} as const satisfies Record<string, Rule>;
