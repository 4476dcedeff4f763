import { isOfClass, lockUse, type LockUse } from "../patch/lock-calls.ts";
import { type Call, type LockEffects, lockEffects } from "../patch/lock-effects.ts";
import { isCode, type Patch, type PatchedFunction } from "../patch/patch.ts";
import type { FindingArgs, Suspect } from "../report/analysis-schema.ts";
import { type EdgeRoles, roleIn } from "../symbols/roles.ts";
import { reclaimScopeOf } from "./scopes.ts";
import { absent, type Answer as AnyAnswer, strongest, type SuspectScene } from "./suspect-scene.ts";

/**
 * Does a patch take part in a report? Its functions are compared with the stacks: does it add one of the edges, change when
 * one is recorded, or take and drop a lock of the cycle on the way? That it has no part is said only where all that it
 * changes was read and is in no stack.
 */
export const PATCH_CODES = [
  "patch-takes-lock",
  "patch-adds-call",
  "patch-moves-call",
  "patch-records-edge",
  "patch-keeps-recording",
  "patch-changes-recorder",
  "patch-widens-mask",
  "patch-narrows-mask",
  "patch-holds-lock",
  "patch-changes-order",
  "patch-changes-class",
  "patch-in-stack",
  "patch-elsewhere",
  "patch-unclear",
  "patch-absent",
] as const;

type PatchCode = (typeof PATCH_CODES)[number];
type Answer = AnyAnswer<PatchCode>;

/** Masks that let an allocation reclaim, and those that keep it from that in part. */
const WIDE = /^(?:GFP_(?:KERNEL|USER|HIGHUSER)\w{0,20}|__GFP_(?:FS|IO|RECLAIM|DIRECT_RECLAIM))$/;
const NARROW =
  /^(?:GFP_(?:NOFS|NOIO|ATOMIC|NOWAIT)|KM_NO\w{1,10}|__GFP_NOLOCKDEP|memalloc_\w{1,10}_save|PF_MEMALLOC\w{0,20})$/;

/** Lines that say whether lockdep is told of an allocation. */
const CONDITION = /GFP_|gfp|PF_MEMALLOC|__need_\w|\breturn\b/;
const MASK_TEST = /__GFP_\w|gfpflags_allow|gfp_\w{0,20}allow/;
/** The task's scopes are taken off the mask, here or by a function that is given its address. */
const APPLIES_SCOPES = /\bcurrent_gfp_context\s?\(|\(\s?&\s?\w{0,20}(?:gfp|mask|flags)\w{0,20}\s?[,)]/;

export function answerPatch(scene: SuspectScene, patch: Patch): Answer {
  const changes = patch.functions.map((change) => ({ change, effects: lockEffects(change) }));
  const answers: Answer[] = [];
  /** By function, the edges that it records. */
  const judged = new Map<PatchedFunction, Set<EdgeRoles>>();
  for (const edge of scene.edges) {
    const { recorders, deciders } = recordersOf(scene, edge);
    const own = patch.functions.filter(({ names }) =>
      names.some((name) => recorders.has(name) || deciders.has(name)),
    );
    if (own.length === 0) continue;
    for (const change of own) judged.set(change, (judged.get(change) ?? new Set()).add(edge));
    answers.push(answerRecorder(scene, edge, own));
  }
  for (const { change, effects } of changes) {
    for (const edge of scene.edges)
      if (judged.get(change)?.has(edge) !== true) answers.push(...answerOnEdge(scene, edge, change, effects));
    answers.push(...answerClass(scene, change, effects));
    if (!judged.has(change)) answers.push(...answerInStack(scene, change, effects));
  }
  const [first, ...rest] = [...answers, answerNowhere(scene, patch)];
  return first === undefined ? answerNowhere(scene, patch) : strongest(first, ...rest);
}

function found(
  scene: SuspectScene,
  edge: EdgeRoles | null,
  code: PatchCode,
  takesPart: Suspect["takesPart"],
  revert: NonNullable<Suspect["revert"]>,
  args: FindingArgs,
): Answer {
  return {
    annotation: edge === null ? null : scene.entryOf(edge.edge.to),
    class: edge?.edge.to ?? null,
    takesPart,
    edges: edge === null ? [] : [edge.index],
    because: {
      code,
      args: { from: edge?.edge.from ?? null, to: edge?.edge.to ?? null, ...args },
    },
    revert,
  };
}

/** Functions of an edge's stack that tell lockdep of it, and those that compilers put into them. */
function recordersOf(
  scene: SuspectScene,
  edge: EdgeRoles,
): { readonly recorders: ReadonlySet<string>; readonly deciders: ReadonlySet<string> } {
  const entries = scene.lookup.matches(edge.edge.to).map(({ annotation }) => annotation);
  const takers = new Set(entries.flatMap(({ acquiredBy }) => acquiredBy));
  const end = edge.at === null ? edge.functions.length : edge.functions.indexOf(edge.at);
  return {
    recorders: new Set(edge.functions.filter((name, i) => i < end || takers.has(name))),
    deciders: new Set(edge.functions.length === 0 ? [] : entries.flatMap(({ decidedBy }) => decidedBy ?? [])),
  };
}

/** The patch changes what tells lockdep of this edge. */
function answerRecorder(scene: SuspectScene, edge: EdgeRoles, own: readonly PatchedFunction[]): Answer {
  const { to } = edge.edge;
  const names = own.flatMap((change) => change.names);
  const recorder = edge.functions.find((name) => names.includes(name)) ?? names[0] ?? null;
  const added = own.flatMap((change) => lockEffects(change).added);
  // a new annotation in there
  if (added.some((call) => lockUse(call) === "takes" && isOfClass(call.argument, to)))
    return found(scene, edge, "patch-takes-lock", "cycle", "helps", { function: recorder });
  const masked = scene.lookup.matches(to).some(({ annotation }) => annotation.gfp !== undefined);
  if (!masked) return found(scene, edge, "patch-changes-recorder", "stack", "cannot-tell", { recorder });
  if (keepsRecording(scene, edge, own))
    return {
      ...found(scene, edge, "patch-keeps-recording", "no", "cannot-tell", { recorder }),
      edges: [],
    };
  const within = reclaimScopeOf(edge, scene.lookup);
  if (within === null)
    return found(scene, edge, "patch-changes-recorder", "stack", "cannot-tell", { recorder });
  const { scope, by } = within;
  return found(scene, edge, "patch-records-edge", "cycle", "helps", {
    recorder,
    scope: scope.sets,
    what: scope.what,
    frame: by,
  });
}

/**
 * Whether the mask that decides still has the task's scopes taken off: the patch leaves the lines alone that decide, or
 * its own test of the mask comes after current_gfp_context().
 */
function keepsRecording(scene: SuspectScene, edge: EdgeRoles, own: readonly PatchedFunction[]): boolean {
  const takers = scene.lookup.matches(edge.edge.to).flatMap(({ annotation }) => annotation.acquiredBy);
  const decides = (text: string): boolean =>
    CONDITION.test(text) || takers.some((name) => text.includes(`${name}(`));
  const isChanged = own.some(({ lines }) =>
    lines.some(({ sign, text }) => sign !== " " && isCode(text) && /^\s/.test(text) && decides(text)),
  );
  if (!isChanged) return true;
  const inStack = own.filter(({ names }) => names.some((name) => edge.functions.includes(name)));
  const tested = inStack.filter(({ lines }) =>
    lines.some(({ sign, text }) => sign === "+" && isCode(text) && MASK_TEST.test(text)),
  );
  return tested.length > 0 && tested.every(appliesScopesFirst);
}

function appliesScopesFirst({ lines }: PatchedFunction): boolean {
  for (const { sign, text } of lines) {
    if (sign === "-" || !isCode(text)) continue;
    if (APPLIES_SCOPES.test(text)) return true;
    if (MASK_TEST.test(text)) return false;
  }
  return false;
}

/** The patch changes a function of this edge's stack: does it add the edge, or what is held on the way? */
function answerOnEdge(
  scene: SuspectScene,
  edge: EdgeRoles,
  change: PatchedFunction,
  effects: LockEffects,
): Answer[] {
  const at = edge.functions.findIndex((name) => change.names.includes(name));
  if (at === -1) return [];
  const { from, to } = edge.edge;
  const name = edge.functions[at] ?? "";
  const args = { function: name };
  const answers: Answer[] = [];
  const uses = (calls: readonly Call[], use: LockUse, lock: string): boolean =>
    calls.some((call) => usesClass(scene, call, use, lock));
  if (uses(effects.added, "takes", to))
    answers.push(found(scene, edge, "patch-takes-lock", "cycle", "helps", args));
  if (uses(effects.added, "takes", from) || uses(effects.dropped, "drops", from))
    answers.push(found(scene, edge, "patch-holds-lock", "cycle", "helps", args));
  const changed = [...effects.added, ...effects.dropped, ...effects.moved];
  for (const lock of new Set([from, to, ...scene.cycle]))
    if (uses(changed, "takes", lock) || uses(changed, "drops", lock))
      answers.push(found(scene, edge, "patch-changes-order", "cycle", "cannot-tell", { ...args, lock }));
  const deeper = new Set(edge.functions.slice(0, at));
  const allocates = roleIn(edge, "allocation");
  const leads = (call: Call): boolean =>
    deeper.has(call.name) || (allocates?.whose === name && ALLOCATES.test(call.name));
  const called = effects.added.find(leads);
  if (called !== undefined)
    answers.push(found(scene, edge, "patch-adds-call", "cycle", "helps", { ...args, callee: called.name }));
  const moved = effects.moved.find(leads);
  if (moved !== undefined)
    answers.push(
      found(scene, edge, "patch-moves-call", "cycle", "cannot-tell", { ...args, callee: moved.name }),
    );
  if (allocates !== null) {
    const { masksAdded, masksDropped } = effects;
    const wider = [
      ...masksAdded.filter((mask) => WIDE.test(mask)),
      ...masksDropped.filter((mask) => NARROW.test(mask)),
    ];
    const narrower = [
      ...masksAdded.filter((mask) => NARROW.test(mask)),
      ...masksDropped.filter((mask) => WIDE.test(mask)),
    ];
    // GFP_NOFS in place of GFP_KERNEL narrows, though it drops a wide one
    if (wider.length > 0)
      answers.push(found(scene, edge, "patch-widens-mask", "cycle", "helps", { ...args, masks: wider }));
    else if (narrower.length > 0)
      answers.push(
        found(scene, edge, "patch-narrows-mask", "cycle", "cannot-tell", { ...args, masks: narrower }),
      );
  }
  return answers;
}

/** `kzalloc()` and its like are macros or inlined: another function of the family is in the stack. */
const ALLOCATES =
  /^(?:\w{0,20}_)?(?:k[mzc]|kv[mzc]?|v[mz])alloc\w{0,20}$|^\w{0,30}alloc_page\w{0,10}$|^k(?:mem)?str?dup\w{0,10}$|^kmem_cache_\w{0,10}alloc\w{0,10}$|^alloc_\w{1,40}$/;

/** Whether a call takes or drops a lock of a class, by its argument or as the catalogue knows its name. */
function usesClass(scene: SuspectScene, call: Call, use: LockUse, className: string): boolean {
  const own = lockUse(call);
  if (own !== null) return own === use && isOfClass(call.argument, className);
  if (use === "classifies") return false;
  const name = use === "drops" ? call.name.replace(/unlock/, "lock") : call.name;
  if (use === "drops" && name === call.name) return false;
  return scene.lookup.matches(className).some(({ annotation }) => annotation.acquiredBy.includes(name));
}

/** The patch gives a lock of the cycle another class: wherever that stands, it decides what the edges are of. */
function answerClass(scene: SuspectScene, { names }: PatchedFunction, effects: LockEffects): Answer[] {
  const calls = [...effects.added, ...effects.dropped].filter((call) => lockUse(call) === "classifies");
  const lock = scene.cycle.find((name) => calls.some(({ argument }) => isOfClass(argument, name)));
  if (lock === undefined) return [];
  const edges = scene.edgesWith(new Set([lock]));
  const answer = found(scene, null, "patch-changes-class", "cycle", "cannot-tell", {
    lock,
    function: names[0] ?? null,
  });
  return [{ ...answer, class: lock, annotation: scene.entryOf(lock), edges }];
}

/** No more than that: the function is in a stack, or it is one elsewhere that takes a lock of the cycle. */
function answerInStack(scene: SuspectScene, { names }: PatchedFunction, effects: LockEffects): Answer[] {
  const fits = (symbol: string): boolean => names.includes(symbol);
  if (scene.hasFunction(fits)) {
    const edges = scene.edgesWithFunction(fits);
    const answer = found(scene, null, "patch-in-stack", "stack", "cannot-tell", {
      function: names[0] ?? null,
    });
    return [{ ...answer, edges }];
  }
  const calls = [...effects.added, ...effects.dropped, ...effects.moved];
  const lock = scene.cycle.find((name) =>
    calls.some((call) => usesClass(scene, call, "takes", name) || usesClass(scene, call, "drops", name)),
  );
  return lock === undefined
    ? []
    : [absent("patch-elsewhere", { lock, function: names[0] ?? null }, "cannot-tell")];
}

/** What may be in a stack without its name: a macro, or a function of a header that compilers put into others. */
function mayHide({ names, file }: PatchedFunction): boolean {
  return names.length === 0 || file.endsWith(".h");
}

function answerNowhere(scene: SuspectScene, patch: Patch): Answer {
  const { report } = scene;
  const stacks = report.edges.filter(({ by }) => by === undefined).every(({ stack }) => stack.length > 0);
  const files = new Set(
    [...report.edges.flatMap(({ stack }) => stack), ...report.backtrace].flatMap(({ file }) =>
      file === null ? [] : [plainFile(file)],
    ),
  );
  const shared = patch.files.find((file) =>
    [...files].some((one) => one === file || one.endsWith(`/${file}`)),
  );
  const hidden = patch.functions.filter(mayHide).map(({ names, file }) => names[0] ?? file);
  const unclear =
    !patch.whole ||
    !stacks ||
    !report.complete ||
    shared !== undefined ||
    hidden.length > 0 ||
    report.edges.length === 0;
  if (!unclear) return absent("patch-absent", {}, "unlikely");
  return absent(
    "patch-unclear",
    {
      cut: !patch.whole,
      damaged: !stacks || !report.complete,
      file: shared ?? null,
      hidden: [...new Set(hidden)].slice(0, 3),
    },
    "cannot-tell",
  );
}

/** Without the compiler's own directory in front. */
function plainFile(file: string): string {
  return file.replace(/^(?:\.{1,2}\/)+/, "");
}
