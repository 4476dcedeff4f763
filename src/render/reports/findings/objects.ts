import type { OBJECTS } from "../../../analyze/rules/objects.ts";
import type { Prose } from "./prose.ts";

export const OBJECTS_PROSE = {
  "same-lock-twice": {
    title: "one lock is taken twice by one task",
    explanation: [
      "{lock} is taken in {first} and again in {second}, without being dropped in between.",
      "The task waits for itself ({alone}).",
      "The second time it is taken for reading ({reading}): the task blocks at once if the first was for writing, else if a writer waits in between.",
    ],
    questions: ["Which caller already holds it?"],
    fixes: ["take it once, and call the variant that expects it to be held"],
  },
  "stacked-objects": {
    title: "one class, objects at different levels",
    explanation: [
      "Objects of {lock} are stacked: the upper one holds its lock while it calls into the lower one.",
      "They are stacked by {by}.",
    ],
    questions: [
      "Can the lower one be the upper one?",
      "Is the depth bounded?",
      "Do the numbers after the names differ (then they are different classes already)?",
    ],
    fixes: ["refuse to stack an object on itself"],
    silences: ["lockdep_set_class() for each level, or a key for each object"],
    doubts: ["Unless an object is stacked on itself, it cannot deadlock."],
  },
  "wrong-nesting-order": {
    title: "locks of one class in the wrong order",
    explanation: [
      "{lock} has a comparison function for the order in which several may be taken; it returned {comparison}.",
    ],
    questions: ["Which order does the function require?"],
    fixes: ["take them in that order"],
  },
  "missing-nesting": {
    title: "two locks of one class are nested",
    explanation: [
      "{lock} is taken in {second} while another lock of its class is held, taken in {first}.",
      "Lockdep knows of no order between them: either an annotation is missing, or there is no order and two tasks may take them in opposite orders.",
    ],
    questions: [
      "Is there an order: by depth, by address, by index?",
      "Can two tasks take them in opposite orders?",
    ],
    fixes: ["a subclass (SINGLE_DEPTH_NESTING and its like), if the order is certain", "lock_set_cmp_fn()"],
    silences: ["a class of its own for one of the two kinds of object"],
  },
  "unrelated-objects": {
    title: "the cycle may join unrelated objects",
    explanation: [
      "{hub} is a class of many unrelated objects: the edges may share nothing but the class name.",
      "It is in the cycle twice: two objects, or two levels ({twice}).",
    ],
    questions: ["Which object is behind each edge? Can they be the same?"],
    fixes: [],
    silences: ["a class of its own for the special objects"],
  },
  "lock-under-tree": {
    title: "another lock is taken while a btrfs tree is locked",
    explanation: [
      "{at} takes {taken} while it holds {tree}, the lock of a tree block.",
      "Tree blocks are locked last, under everything else in the file system: elsewhere {taken} is held when a tree is searched.",
    ],
    questions: ["Is the path still needed at that point?"],
    fixes: [
      "release the path (btrfs_release_path()) before {taken} is taken",
      "take {taken} before the tree is searched",
    ],
    doubts: ["All file systems share the classes of trees: a loop device on btrfs may join two of them."],
  },
  "sysfs-removal-under-lock": {
    title: "a sysfs file is removed under a lock that its own methods take",
    explanation: [
      "Removing a file waits for its methods to return.",
      "{remover} removes it while it holds {lock}.",
      "The method {method} takes a lock that leads back to {lock}, so neither makes progress.",
      "The file is removed from within a method ({within}): that deadlocks if the file is the method's own.",
    ],
    questions: [
      "Is it the same device on both sides, or a parent and its child?",
      "Does the method remove its own device?",
    ],
    fixes: [
      "in {giving}: sysfs_break_active_protection() or device_remove_file_self(), or trylock and restart_syscall()",
      "remove the file outside {movable}",
      "if that cannot be dropped ({movable}), trylock and restart_syscall() in the method",
    ],
    doubts: ["All devices of one type share an attribute's class."],
  },
  "registered-under-lock": {
    title: "something is registered or unregistered under a lock that its callbacks take",
    explanation: [
      "{registers} is called with {lock} held, and takes {taken}.",
      "The other way round, {calledBack} runs under {taken} or a lock that follows from it, and leads to {lock}.",
    ],
    questions: [
      "Does the framework call back under {taken} (open, a notifier, an attribute)?",
      "What does {lock} have to protect while {registers} runs?",
    ],
    fixes: [
      "call {registers} before {lock} is taken, or after it is dropped, with a flag that says the object is gone",
      "leave it to a work item, and do not wait for that under {lock}",
    ],
  },
  "device-opened-under-lock": {
    title: "a block device is opened under a lock",
    explanation: [
      "{caller} opens a block device while it holds {lock}.",
      "Opening takes open_mutex, and under it whatever the driver takes: it belongs outside the locks of those who use the device.",
    ],
    questions: ["Could another user of that device be on the other side (a loop device, a holder)?"],
    fixes: [
      "open the device before {lock} is taken",
      "look it up under {lock}, and open it after dropping that",
    ],
  },
  "teardown-under-open": {
    title: "opening and tearing down a disk take locks in opposite orders",
    explanation: [
      "{lock} is held when a disk is opened or closed; in this cycle it is taken both before and after {other}.",
    ],
    questions: ["Is it a loop device being torn down, or a disk being removed?"],
    fixes: ["tear down later, outside {lock}"],
    doubts: ["All disks share the class."],
  },
} as const satisfies Record<keyof typeof OBJECTS, Prose>;
