import fc from "fast-check";
import type {
  ClassDump,
  Edge,
  Frame,
  HeldLocks,
  IrqEvents,
  Kernel,
  Kind,
  Lock,
  LockClass,
  Registers,
  Report,
  ScenarioStep,
  StackDump,
  Task,
  UsageTrace,
} from "../../src/report/schema.ts";
import { traceOf } from "./trace-lines.ts";
import { NOWHERE } from "./reports.ts";

/**
 * Random whole reports of every kind, with what a kernel can print and a log can hold. What the printed form
 * itself cannot tell apart is left out, each with its reason.
 */

const DIGITS = "0123456789";
const HEX = Array.from("0123456789abcdef");

function text(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  const units = Array.from(characters);
  return fc.array(fc.constantFrom(...units), { minLength, maxLength }).map((chosen) => chosen.join(""));
}

function hex(minLength: number, maxLength = minLength): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...HEX), { minLength, maxLength }).map((chosen) => chosen.join(""));
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * Names of lock classes are the text of a C expression: `lockdep_set_class_and_name()` takes any.
 * - `x#2` and `x/1` at the end are read as the version and subclass that __print_lock_name() appends;
 * - `){` ends the name, before the usage;
 * - blanks at the ends are lost where the name ends a line;
 * - a line that begins with `>` or `|` is taken for one quoted in a mail;
 * - `?` stands for a class whose line was lost;
 * - ` --> ` separates the classes of `Chain exists of:`, `} -> (` those of a new dependency.
 */
const className: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(
      "lock_a",
      "&rq->__lock",
      "&(&p->lock)->rlock",
      "(work_completion)(&wq->work)",
      '(wq_completion)"events, long"',
      "&type->s_umount_key#34 (x)",
      "&per_cpu(xfrm_state, cpu)[i]",
      "drivers/net/a.c:12",
      "sk_lock-AF_INET6",
      "a -> b",
      "k#2 /x",
      "(null)",
      "x) at:",
      "a, at: b",
      "f+0x1/0x2",
      "[<ffffffff81000000>] f+0x1/0x2",
      "a{....}-{2:2}",
      "}: b+0x1/0x2",
      "CPU0",
      "lock(a);",
      "x ops: 2 {",
      "1 lock held by x/1:",
      "*** DEADLOCK ***",
      "<TASK>",
    ),
    text(`${LETTERS}${DIGITS}_ ()[]{}"',#/->&.:;*+=<>!?|é锁`, 1, 24),
  )
  .filter((name) => name === name.trim() && name !== "")
  .filter((name) => !/^[>|]|^\?$|[#/]\d+$|\)\{| --> |\} -> \(/.test(name));

/** What mutex_lock_nest_lock() names stands alone on its line: it must not look like another line. */
const nestName = className.filter((name) => /^[&\w]/.test(name) && !/[:)}]$|\+0x|held by/.test(name));

const usage = fc.oneof(text(".+-?", 4, 4), text(".+-?", 6, 6));
const wait = fc.option(
  fc.record({ outer: fc.integer({ min: -1, max: 6 }), inner: fc.integer({ min: 0, max: 6 }) }),
);

const lockClass: fc.Arbitrary<LockClass> = fc.record({
  class: className,
  version: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 120 })),
  subclass: fc.integer({ min: 0, max: 7 }),
  usage,
  wait,
});

const address = fc.oneof(hex(16), hex(8));
const symbol = fc.oneof(
  fc.constantFrom("__lock_acquire", "schedule", "f.isra.0", "do_exit.part.12.cold", "_raw_spin_lock", "a"),
  text(`${LETTERS}_`, 1, 20),
);
const place = fc.record({ symbol, offset: fc.nat(0xfffff), size: fc.nat(0xfffff) });
/** `[inline]` behind a frame is a remark; a module of that name cannot be told from it. */
const moduleName = text(`${LETTERS}${DIGITS}_-`, 1, 12).filter((name) => name !== "inline");
const file = fc.constantFrom("kernel/locking/lockdep.c", "./include/linux/spinlock.h", "fs/a-b.c", "a.c");
const line = fc.integer({ min: 1, max: 9999 });

/** What `%pS` prints, where no symboliser was at work. */
const plainFrame: fc.Arbitrary<Frame> = fc
  .record({ place, module: fc.option(moduleName) })
  .map(({ place: where, module }) => ({ ...NOWHERE, ...where, module }));

const symbolised: fc.Arbitrary<Frame> = fc
  .record({ frame: plainFrame, file, line, inline: fc.boolean() })
  .map(({ frame, inline, ...source }) =>
    inline
      ? { ...frame, ...source, offset: null, size: null, module: null, inline }
      : { ...frame, ...source },
  );

const inlinedFrame: fc.Arbitrary<Frame> = fc
  .record({ symbol, file, line })
  .map((where) => ({ ...NOWHERE, ...where, offset: null, size: null, inline: true }));

const unknown: fc.Arbitrary<Frame> = hex(1, 16).map((digits) => ({
  ...NOWHERE,
  symbol: `0x${digits}`,
  offset: null,
  size: null,
}));

const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 6, arbitrary: plainFrame },
  { weight: 2, arbitrary: symbolised },
  { weight: 1, arbitrary: unknown },
  {
    weight: 2,
    arbitrary: fc
      .record({ frame: plainFrame, address })
      .map(({ frame: f, address: a }) => ({ ...f, address: a })),
  },
);

/** A place printed by print_ip_sym() or `%pS` behind its address. */
const addressed: fc.Arbitrary<Frame> = fc
  .record({ frame: fc.oneof(plainFrame, unknown), address })
  .map(({ frame: f, address: a }) => ({ ...f, address: a }));

const stack = fc.array(frame, { minLength: 1, maxLength: 4 });

const plainLock: fc.Arbitrary<Lock> = fc
  .record({ of: lockClass, address: fc.option(address), at: frame })
  .map(({ of, ...rest }) => ({ ...of, ...rest }));

/** A symboliser prints the line once more for each function inlined at its place. */
const lock: fc.Arbitrary<Lock> = fc.oneof(
  { weight: 3, arbitrary: plainLock },
  {
    weight: 1,
    arbitrary: fc
      .record({ of: plainLock, inlined: fc.array(inlinedFrame, { minLength: 1, maxLength: 3 }) })
      .map(({ of, inlined }) => ({ ...of, inlined })),
  },
);

/**
 * Any 15 bytes but a newline. Blanks at the ends are lost with those of the line, and an empty comm is one of
 * them; a line that begins with `>` is taken for one quoted in a mail; what follows `, ` may be the address of
 * a rwlock.
 */
const comm = fc
  .oneof(
    fc.constantFrom(
      "init",
      "swapper/1",
      "kworker/u8:2",
      "splat ba:1",
      "syz.5.7376",
      "BUG: x",
      "[ BUG: x ]",
      "takes:",
      "a's [current]",
      "Not tainted 6.1",
      "x/1 is trying",
      "(sd-pam)",
      "a/1 b",
      "[x]",
    ),
    text(`${LETTERS}${DIGITS}/:()[]{}-_.#<>+=*'"%$é `, 1, 15),
  )
  // "<4>" at the start of a line without prefix is a level, ">" a quotation
  .filter((name) => name === name.trim() && name !== "" && !/^(?:>|<\d)/.test(name));
const pid = fc.integer({ min: 0, max: 4_194_304 });
const task: fc.Arbitrary<Task> = fc.record({ comm, pid, irq: fc.constant(null) });

const irq = fc.record({
  hardirqContext: fc.boolean(),
  hardirqCount: fc.nat(3),
  softirqContext: fc.boolean(),
  softirqCount: fc.nat(255),
  hardirqsEnabled: fc.boolean(),
  softirqsEnabled: fc.boolean(),
});
const taskWithIrqs: fc.Arbitrary<Task> = fc.record({ comm, pid, irq });

/** A taint is the letters of print_tainted() in their order. */
const taint = fc.option(
  fc
    .record({ first: fc.constantFrom("G", "P"), rest: fc.subarray(Array.from("FSRMBUDAWCIOELKXTNJ")) })
    .map(({ first, rest }) => columns(first, rest)),
);

/** Flags that are not set are blanks; the report keeps one for any number. */
function columns(first: string, rest: readonly string[]): string {
  const flags = Array.from("FSRMBUDAWCIOELKXTNJ", (flag) => (rest.includes(flag) ? flag : " "));
  return [first, ...flags].join("").trim().split(/ +/).join(" ");
}

const kernel: fc.Arbitrary<Kernel> = fc.record({
  release: fc.constantFrom(
    "6.12.117",
    "5.10.0-rc4-next-20201201",
    "4.15.0+",
    "6.1.0-rc5-syzkaller-00214-g8833700",
  ),
  build: fc.integer({ min: 1, max: 999 }).map((number) => `#${number}`),
  taint,
});

const words = fc.array(
  fc.array(hex(16), { minLength: 1, maxLength: 4 }).map((row) => row.join(" ")),
  { maxLength: 3 },
);

const X86 = "RIP RSP EFLAGS ORIG_RAX RAX RBX RCX R10 R15 FS GS knlGS CS DS ES CR0 CR2 CR3 CR4".split(" ");
const ARM64 = "pstate pc lr sp x29 x28 x27 x9 x8 x2 x1 x0".split(" ");

const registers: fc.Arbitrary<Omit<Registers, "afterFrame">> = fc
  .record({
    names: fc.oneof(fc.subarray(X86, { minLength: 1 }), fc.subarray(ARM64, { minLength: 1 })),
    where: place,
    value: hex(16),
    code: fc.option(hex(2).map((byte) => `${byte} <0f> 0b`)),
  })
  .map(({ names, where, value, code }) => {
    const at = `${where.symbol}+0x${where.offset.toString(16)}/0x${where.size.toString(16)}`;
    const values: Record<string, string> = {};
    for (const name of names)
      values[name] =
        name === "RIP"
          ? `0010:${at}`
          : name === "pc" || name === "lr"
            ? at
            : name === "pstate"
              ? "60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)"
              : name === "FS"
                ? `${value}(0000)`
                : value;
    return { at: values["RIP"] ?? values["pc"] ?? null, code, values };
  });

function inContext(context: string, frames: readonly Frame[]): Frame[] {
  return frames.map((f) => ({ ...f, context }));
}

/** Frames as `? fn` stand in the traces of x86. */
const guessed = fc
  .record({ frame: fc.oneof(plainFrame, unknown), uncertain: fc.boolean() })
  .map(({ frame: f, uncertain }) => ({ ...f, uncertain }));
const guesses = fc.array(guessed, { minLength: 1, maxLength: 4 });
const addresses = fc.array(addressed, { minLength: 1, maxLength: 4 });

/** Traces of x86 with and without contexts, of other machines, and of 32-bit arm. */
const trace: fc.Arbitrary<Frame[]> = fc.oneof(
  fc
    .record({ irq: fc.option(guesses), nmi: fc.option(guesses), task: fc.oneof(guesses, stack) })
    .map((by) => [
      ...inContext("NMI", by.nmi ?? []),
      ...inContext("IRQ", by.irq ?? []),
      ...inContext("TASK", by.task),
    ]),
  // v4.10 to v5.15: the stack of the task has no name
  fc
    .record({ irq: fc.option(guesses), task: guesses })
    .map((by) => [...inContext("IRQ", by.irq ?? []), ...by.task]),
  // up to v4.9
  fc
    .record({ irq: addresses, task: addresses })
    .map((by) => [...inContext("IRQ", by.irq), ...inContext("EOI", by.task)]),
  stack,
  fc
    .array(fc.record({ symbol, caller: place, address: fc.option(address) }), { minLength: 1, maxLength: 3 })
    .map((calls) => calls.map((call) => ({ ...NOWHERE, ...call, offset: null, size: null }))),
);

const NOTES = {
  before: [
    "Modules linked in:",
    "Modules linked in: splat(OE) loop [last unloaded: x]",
    "Unloaded tainted modules: a(E):1",
  ],
  after: [
    "Stopper: multi_cpu_stop+0x0/0x1 <- stop_machine+0x1/0x2",
    "Sched_ext: simple (enabled+all), task: runnable_at=-1ms",
  ],
};

const header = fc.record({
  cpu: fc.nat(255),
  uid: fc.option(fc.nat(65_534)),
  task,
  kernel,
  kdump: fc.boolean(),
  package: fc.option(fc.constantFrom("Debian 6.1.76-1", "PREEMPT(full)", "8f0771607702f5ef")),
  taints: fc.option(fc.constantFrom("[W]=WARN", "[P]=PROPRIETARY_MODULE, [O]=OOT_MODULE")),
  hardware: fc.option(
    fc.constantFrom("linux,dummy-virt (DT)", "QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16 04/01/2014"),
  ),
  workqueue: fc.option(fc.constantFrom("events leak_fn", "writeback wb_workfn (flush-8:0)")),
  notes: fc
    .record({ before: fc.subarray(NOTES.before), after: fc.subarray(NOTES.after) })
    .map(({ before, after }) => [...before, ...after]),
  words,
});

const NO_HEADER = {
  cpu: null,
  uid: null,
  task: null,
  kernel: null,
  kdump: false,
  package: null,
  taints: null,
  hardware: null,
  workqueue: null,
  notes: [],
  words: [],
};

const body = fc
  .record({
    frames: trace,
    groups: fc.array(fc.record({ registers, after: fc.nat(8) }), { maxLength: 2 }),
  })
  .map(({ frames, groups }) => {
    const byPlace = new Map(groups.map((group) => [Math.min(group.after, frames.length), group.registers]));
    const places = [...byPlace].toSorted(([a], [b]) => a - b);
    return { frames, registers: places.map(([afterFrame, group]) => ({ afterFrame, ...group })) };
  });

interface WholeDump extends StackDump {
  cpu: number;
  task: Task;
  kernel: Kernel;
}

/** dump_stack(). */
const dump: fc.Arbitrary<WholeDump> = fc
  .record({ header, body })
  .map((parts) => ({ ...parts.header, ...parts.body, trace: traceOf({ ...parts.header, ...parts.body }) }));

/** The dump of a warning: its first registers are of the place that it names. */
function dumpAt(at: Frame, dumped: WholeDump): WholeDump {
  const { symbol: name, offset, size } = at;
  const printed = `${name}+0x${(offset ?? 0).toString(16)}/0x${(size ?? 0).toString(16)}`;
  const groups = dumped.registers.map((group) => {
    if (group.afterFrame !== 0 || group.at === null) return group;
    const isX86 = group.values["RIP"] !== undefined;
    const where = isX86 ? `0010:${printed}` : printed;
    return { ...group, at: where, values: { ...group.values, [isX86 ? "RIP" : "pc"]: where } };
  });
  const given = { ...dumped, registers: groups };
  return { ...given, trace: traceOf(given) };
}

const heldLocks = fc.array(
  fc.oneof({ weight: 9, arbitrary: lock }, { weight: 1, arbitrary: fc.constant(null) }),
  {
    maxLength: 4,
  },
);
const heldBy: fc.Arbitrary<HeldLocks> = fc
  .record({ task, locks: heldLocks })
  .map(({ task: who, locks }) => ({ task: who, count: locks.length, locks }));

/** The list of one task, or the word that lockdep is off. */
type HeldPart = Pick<Report, "held" | "lockdepOff">;
const held: fc.Arbitrary<HeldPart> = fc.oneof(
  { weight: 4, arbitrary: heldBy.map((list): HeldPart => ({ held: [list] })) },
  { weight: 1, arbitrary: fc.constant<HeldPart>({ held: [], lockdepOff: true }) },
);

const irqEvent = fc.record({ event: fc.nat(), at: addressed });
const irqEvents: fc.Arbitrary<IrqEvents> = fc.record({
  stamp: fc.nat(),
  hardirqsEnabled: irqEvent,
  hardirqsDisabled: irqEvent,
  softirqsEnabled: irqEvent,
  softirqsDisabled: irqEvent,
});

function step(cpu: number, operation: ScenarioStep["operation"], of?: LockClass): ScenarioStep {
  return {
    cpu,
    operation,
    class: of?.class ?? null,
    version: of?.version ?? null,
    subclass: of?.subclass ?? null,
  };
}

/** The name of a class, which is all that a picture prints of it. */
function named({ class: name, version, subclass }: LockClass): LockClass {
  return { class: name, version, subclass, usage: null, wait: null };
}

function classOf({ class: name, version, subclass, usage: u, wait: w }: LockClass): LockClass {
  return { class: name, version, subclass, usage: u, wait: w };
}

/** Edges from the smallest class on; `classes` names each once. */
function cycleOf(edges: readonly Edge[]): Pick<Report, "cycle" | "edges"> {
  const names = edges.map(({ from }) => from);
  const smallest = names.reduce((a, b) => (b < a ? b : a));
  const start = names.indexOf(smallest);
  return {
    cycle: [...names.slice(start), ...names.slice(0, start)],
    edges: [...edges.slice(start), ...edges.slice(0, start)],
  };
}

function edge(from: LockClass, to: LockClass, stackOf: readonly Frame[]): Edge {
  return { from: from.class, to: to.class, closes: false, acquired: classOf(to), stack: [...stackOf] };
}

function interrupt(from: LockClass, to: LockClass): Edge {
  return { from: from.class, to: to.class, closes: true, by: "interrupt", acquired: classOf(to), stack: [] };
}

/** Two to six different classes. */
const path = fc.uniqueArray(lockClass, { minLength: 2, maxLength: 6, selector: ({ class: name }) => name });

function asLock(of: LockClass, instance: Pick<Lock, "address" | "at">): Lock {
  return { ...classOf(of), ...instance };
}
const instance = fc.record({ address: fc.option(address), at: frame });

type Given = Partial<Report> & Pick<Report, "headline" | "tag">;

/** dump_stack() is called by the task that the report is of. */
function dumpBy(given: StackDump, who: Task | null | undefined): StackDump {
  return given.task === null || !who ? given : { ...given, task: { ...who, irq: null } };
}

/** Of 32-bit ARM's `callee from caller` the last caller stands in no line of its own. */
function withOutermost(given: StackDump): StackDump {
  const { caller, context } = given.frames.at(-1) ?? {};
  if (caller === undefined || context === undefined) return given;
  const last = { ...caller, module: null, file: null, line: null, inline: false, uncertain: false };
  return { ...given, frames: [...given.frames, { ...last, address: null, context }] };
}

/** Fills in what follows from the rest. */
function whole(kind: Kind, given: Given): Report {
  const who = given.task ?? given.dumps?.find((d) => d.task !== null)?.task ?? null;
  const dumps = (given.dumps ?? []).map((d) => withOutermost(dumpBy(d, who)));
  const { headline, tag, held: lists = [], ...rest } = given;
  // it lists its own task's locks, but for the one that lists everybody's
  const isOfAll = kind === "held-dump" || who === null;
  const ownLists = isOfAll ? lists : lists.map((list) => ({ ...list, task: { ...who, irq: null } }));
  return {
    id: "",
    siteId: "",
    kind,
    headline,
    tag,
    title: "",
    source: 0,
    lines: { first: 1, last: 1, unparsed: 0 },
    time: null,
    caller: null,
    kernel: dumps.find((d) => d.kernel !== null)?.kernel ?? null,
    task: who,
    lock: null,
    holding: null,
    cycle: [],
    edges: [],
    held: ownLists,
    scenario: [],
    backtrace: (dumps.find(({ task: whose }) => whose !== null) ?? dumps[0])?.frames ?? [],
    ...rest,
    dumps,
    // its one edge is the acquisition under way
    ...(kind === "recursive" && rest.edges !== undefined
      ? { edges: rest.edges.map((one) => ({ ...one, stack: dumps[0]?.frames ?? [] })) }
      : {}),
    complete: true,
    damage: [],
    annotations: [],
    findings: [],
    suspects: [],
    lookAt: null,
  };
}

const boxTag = fc.constantFrom<Report["tag"][]>("WARNING", "INFO", "BUG");
/** A box: how it is decorated, and the kernel in it. */
const box = fc.record({ tag: boxTag, kernel });
const state = fc.constantFrom("HARDIRQ", "SOFTIRQ", "HARDIRQ-READ");
const usageState = fc.constantFrom(
  "IN-HARDIRQ-W",
  "HARDIRQ-ON-W",
  "IN-SOFTIRQ-R",
  "SOFTIRQ-ON-R",
  "INITIAL USE",
  "INITIAL READ USE",
);

const circular = fc
  .record({
    box,
    held,
    dump,
    task,
    path,
    stacks: fc.array(stack, { minLength: 6, maxLength: 6 }),
    instance,
    read: fc.boolean(),
  })
  .map(({ box: b, held: h, dump: d, task: who, path: classes, stacks, instance: where, read }) => {
    const wanted = classes[0] as LockClass;
    const holding = classes[classes.length - 1] as LockClass;
    const parent = classes[1] as LockClass;
    const edges = classes.slice(1).map((to, i) => edge(classes[i] as LockClass, to, stacks[i + 1] ?? []));
    edges.push({ ...edge(holding, wanted, stacks[0] ?? []), closes: true });
    return whole("circular", {
      headline: "possible circular locking dependency detected",
      ...b,
      ...h,
      ...cycleOf(edges),
      task: who,
      lock: asLock(wanted, where),
      holding: asLock(holding, where),
      scenario: [
        step(0, read ? "rlock" : "lock", holding),
        step(1, "lock", parent),
        step(1, "lock", holding),
        step(0, read ? "sync" : "lock", wanted),
      ],
      ...(classes.length > 2 ? { chainExists: [wanted, parent, holding].map(named) } : {}),
      dumps: [d],
    });
  });

const recursive = fc
  .record({
    box,
    held,
    dump,
    task,
    lock,
    other: lock,
    comparison: fc.option(fc.integer({ min: -1, max: 1 })),
  })
  .map(({ box: b, held: h, dump: d, task: who, lock: wanted, other, comparison }) => {
    const holding = { ...other, class: wanted.class };
    return whole("recursive", {
      headline: "possible recursive locking detected",
      ...b,
      ...h,
      task: who,
      lock: wanted,
      holding,
      cycle: [wanted.class],
      edges: [{ ...edge(holding, wanted, d.frames), closes: true }],
      scenario: [step(0, "lock", holding), step(0, "lock", wanted)],
      dumps: [d],
      ...(comparison === null ? {} : { comparison }),
    });
  });

const dumped = fc.record({
  ops: fc.option(fc.nat()),
  usages: fc.array(fc.record({ state: usageState, stack }), { minLength: 1, maxLength: 3 }),
  key: addressed,
  acquiredAt: stack,
});
const dumpsOfClasses = fc.array(dumped, { minLength: 6, maxLength: 6 });

function classDumps(
  classes: readonly LockClass[],
  parts: readonly Omit<ClassDump, "lock">[],
  from: number,
): ClassDump[] {
  return classes.map((of, i) => ({ lock: of, ...(parts[from + i] as Omit<ClassDump, "lock">) }));
}

function irqPicture(safe: LockClass, middle: LockClass, unsafe: LockClass): ScenarioStep[] {
  return [
    step(0, "lock", unsafe),
    step(1, "local_irq_disable"),
    step(1, "lock", safe),
    step(1, "lock", middle),
    step(0, "interrupt"),
    step(0, "lock", safe),
  ];
}

/** The path goes from the irq-safe class to the irq-unsafe one; the new dependency is somewhere on it. */
const irqOrder = fc
  .record({
    box,
    held,
    dump,
    task: taskWithIrqs,
    path,
    cut: fc.integer({ min: 1, max: 5 }),
    state,
    stacks: fc.record({ safe: stack, unsafe: stack }),
    dumped: dumpsOfClasses,
    instance,
    isOld: fc.boolean(),
  })
  .map(
    ({
      box: b,
      held: h,
      dump: d,
      path: classes,
      state: irqclass,
      stacks,
      dumped: parts,
      instance: where,
      ...o
    }) => {
      const cut = Math.min(o.cut, classes.length - 1);
      const safe = classes[0] as LockClass;
      const unsafe = classes[classes.length - 1] as LockClass;
      const from = classes[cut - 1] as LockClass;
      const to = classes[cut] as LockClass;
      // since v5.10 the stack under a class of the safe side is where it was taken, so the first has none
      const before = classDumps(classes.slice(0, cut), parts, 0).map((of, i) =>
        i === 0 && !o.isOld ? { ...of, acquiredAt: null } : of,
      );
      const after = classDumps(classes.slice(cut), parts, cut);
      const all = [...before, ...after];
      const edges = all.slice(1).map((of, i) => {
        const previous = all[i] as ClassDump;
        return edge(previous.lock, of.lock, (o.isOld && i + 1 < cut ? previous : of).acquiredAt ?? []);
      });
      const how = (of: LockClass, frames: Frame[]): UsageTrace => ({
        state: irqclass,
        lock: of,
        stack: frames,
      });
      return whole("irq-order", {
        headline: `${irqclass}-safe -> ${irqclass}-unsafe lock order detected`,
        ...b,
        ...h,
        ...cycleOf([...edges, interrupt(unsafe, safe)]),
        task: o.task,
        lock: asLock(to, where),
        holding: asLock(from, where),
        newDependency: { from, to },
        safe: how(safe, stacks.safe),
        unsafe: how(unsafe, stacks.unsafe),
        scenario: irqPicture(safe, to, unsafe),
        ...(classes.length > 2 ? { chainExists: [safe, to, unsafe].map(named) } : {}),
        dependencies: [
          { between: "safe-and-holding", classes: before },
          { between: "wanted-and-unsafe", classes: after.toReversed() },
        ],
        dumps: [d],
      });
    },
  );

const irqInversion = fc
  .record({ box, held, dump, task, path, state, dumped: dumpsOfClasses, instance, forwards: fc.boolean() })
  .map(
    ({
      box: b,
      held: h,
      dump: d,
      task: who,
      path: classes,
      state: irqclass,
      dumped: parts,
      instance: where,
      forwards,
    }) => {
      const safe = classes[0] as LockClass;
      const unsafe = classes[classes.length - 1] as LockClass;
      const all = classDumps(classes, parts, 0);
      const edges = all.slice(1).map((of, i) => {
        const previous = all[i] as ClassDump;
        return edge(previous.lock, of.lock, (forwards ? of : previous).acquiredAt ?? []);
      });
      return whole("irq-inversion", {
        headline: "possible irq lock inversion dependency detected",
        ...b,
        ...h,
        ...cycleOf([...edges, interrupt(unsafe, safe)]),
        task: who,
        lock: asLock(forwards ? safe : unsafe, where),
        other: { lock: forwards ? unsafe : safe, state: irqclass, taken: forwards ? "after" : "before" },
        scenario: irqPicture(safe, classes[1] as LockClass, unsafe),
        dependencies: [{ between: "second-and-first", classes: forwards ? all.toReversed() : all }],
        dumps: [d],
      });
    },
  );

const inconsistent = fc
  .record({ box, held, dump, task: taskWithIrqs, lock, from: usageState, to: usageState, stack, irqEvents })
  .map(({ box: b, held: h, dump: d, task: who, lock: of, from, to, stack: frames, irqEvents: events }) =>
    whole("inconsistent", {
      headline: "inconsistent lock state",
      ...b,
      ...h,
      task: who,
      lock: of,
      usage: { from, to },
      registered: { state: from, lock: null, stack: frames },
      irqEvents: events,
      scenario: [step(0, "lock", of), step(0, "interrupt"), step(0, "lock", of)],
      dumps: [d],
    }),
  );

const waitContext = fc
  .record({ box, held, dump, task, lock, inner: fc.integer({ min: 0, max: 6 }) })
  .map(({ box: b, held: h, dump: d, inner, ...rest }) =>
    whole("wait-context", {
      headline: "Invalid wait context",
      ...b,
      ...h,
      ...rest,
      context: { outer: inner, inner },
      dumps: [d],
    }),
  );

const nestedLock = fc
  .record({ box, held, dumps: fc.tuple(dump, dump), task, lock, nest: nestName })
  .map(({ box: b, held: h, ...rest }) =>
    whole("nested-lock", { headline: "Nested lock was not taken", ...b, ...h, ...rest }),
  );

/** print_lockdep_cache() prints the bare name, print_ip_sym() the place. */
const releasedLock: fc.Arbitrary<Lock> = fc
  .record({ name: className, at: addressed, inlined: fc.array(inlinedFrame, { maxLength: 2 }) })
  .map(({ name, at, inlined }) => ({
    class: name,
    version: 1,
    subclass: 0,
    usage: null,
    wait: null,
    address: null,
    at,
    ...(inlined.length === 0 ? {} : { inlined }),
  }));

function unlocking(kind: "unlock-balance" | "contention", headline: string): fc.Arbitrary<Report> {
  return fc
    .record({ box, held, dump, task, lock: releasedLock })
    .map(({ box: b, held: h, dump: d, ...rest }) =>
      whole(kind, { headline, ...b, ...h, ...rest, dumps: [d] }),
    );
}

const heldFreed = fc
  .record({ box, held, dump, task, lock, from: hex(16), to: hex(16) })
  .map(({ box: b, held: h, dump: d, from, to, ...rest }) =>
    whole("held-freed", {
      headline: "held lock freed!",
      ...b,
      ...h,
      ...rest,
      freed: { from, to },
      dumps: [d],
    }),
  );

const heldExit = fc
  .record({ box, held, dump, task, isOld: fc.boolean() })
  .map(({ box: b, held: h, dump: d, task: who, isOld }) =>
    whole("held-exit", {
      headline: isOld ? "lock held at task exit time!" : `${who.comm}/${who.pid} still has locks held!`,
      ...b,
      ...h,
      task: who,
      dumps: [d],
    }),
  );

const heldUser = fc
  .record({ box, task, locks: fc.array(lock, { minLength: 1, maxLength: 3 }) })
  .map(({ box: b, task: who, locks }) =>
    whole("held-user", {
      headline: "lock held when returning to user space!",
      ...b,
      task: who,
      held: [{ task: who, count: locks.length, locks }],
    }),
  );

const OFFLINE = "RCU used illegally from offline CPU!";
const RCU_NOTES = [
  "Possible false positive due to lockdep disabling via debug_locks = 0",
  "RCU used illegally from extended quiescent state!",
];

const rcu = fc
  .record({
    box,
    held,
    dump,
    headline: fc.constantFrom("suspicious RCU usage", "suspicious RCU usage."),
    file,
    line,
    message: fc.constantFrom(
      "suspicious rcu_dereference_check() usage",
      "Illegal context switch in RCU-bh",
      "a b!: c",
    ),
    active: fc.nat(2),
    debug: fc.nat(1),
    offline: fc.boolean(),
    notes: fc.subarray(RCU_NOTES),
  })
  .map(({ box: b, held: h, dump: d, headline, active, debug, offline, notes, ...rest }) =>
    whole("rcu", {
      headline,
      ...b,
      ...h,
      rcu: {
        ...rest,
        schedulerActive: active,
        debugLocks: debug,
        notes: offline ? [OFFLINE, ...notes] : notes,
      },
      dumps: [d],
    }),
  );

const place3 = fc.record({
  file: fc.constantFrom("kernel/locking/lockdep.c", "kernel/lockdep.c"),
  line,
  at: plainFrame,
});

/** A WARN(): since v4.16 its message stands above its place, which then opens the report. */
const internal = fc
  .record({
    dump,
    place: place3,
    message: fc.option(
      fc.constantFrom(
        "DEBUG_LOCKS_WARN_ON(1)",
        "DEBUG_LOCKS_WARN_ON(!test_bit(class_idx, lock_classes_in_use))",
        "DEBUG_RWSEMS_WARN_ON(sem->magic != sem): count = 0x0, magic = 0x0",
        "hm#1, depth: 1 [0], 0123456789abcdef != fedcba9876543210",
        "releasing a pinned lock",
      ),
    ),
    isOld: fc.boolean(),
    reason: fc.option(fc.constantFrom("unannotated irqs-on.", "unannotated irqs-off.")),
    irqEvents: fc.option(irqEvents),
  })
  .map(({ dump: d, place: where, message, isOld, reason, irqEvents: events }) =>
    whole("internal", {
      headline: message ?? "WARNING in lockdep",
      tag: message?.startsWith("DEBUG_") === true && !isOld ? null : "WARNING",
      warning: {
        message,
        ...where,
        ...(message !== null && isOld ? { below: true as const } : {}),
        endTrace: "0000000000000000",
        reason,
      },
      ...(events === null ? {} : { irqEvents: events }),
      dumps: [dumpAt(where.at, d)],
    }),
  );

const unregisteredKey = fc
  .record({ dump, place: place3, key: address, irqEvents })
  .map(({ dump: d, place: where, key, irqEvents: events }) =>
    whole("unregistered-key", {
      headline: `key ${key} has not been registered!`,
      tag: "BUG",
      key,
      warning: { message: "DEBUG_LOCKS_WARN_ON(1)", ...where, endTrace: "0000000000000000", reason: null },
      irqEvents: events,
      dumps: [dumpAt(where.at, d)],
    }),
  );

const limit = fc
  .record({ dump, lockStat: fc.boolean(), depth: fc.option(fc.integer({ min: 1, max: 48 })), held: heldBy })
  .map(({ dump: d, lockStat, depth, held: list }) =>
    whole("limit", {
      headline: depth === null ? "MAX_LOCKDEP_KEYS too low!" : "MAX_LOCK_DEPTH too low!",
      tag: "BUG",
      limit: {
        name: depth === null ? "MAX_LOCKDEP_KEYS" : "MAX_LOCK_DEPTH",
        depth,
        max: depth === null ? null : 48,
        lockStat,
      },
      ...(depth === null ? {} : { held: [list], lockdepOff: true as const }),
      dumps: [d],
    }),
  );

const chainKey = fc.record({ id: fc.nat(65_535), chainKey: hex(16) });

const chainCollision = fc
  .record({
    box,
    dump,
    task,
    held: fc.array(fc.tuple(chainKey, fc.option(plainLock)), { minLength: 1, maxLength: 3 }),
    cached: fc.array(fc.tuple(chainKey, lockClass), { minLength: 1, maxLength: 3 }),
    irqContext: fc.option(fc.nat(3)),
  })
  .map(({ box: b, dump: d, task: who, held: h, cached, irqContext }) =>
    whole("chain-collision", {
      headline: "chain_key collision",
      ...b,
      task: who,
      collision: {
        held: h.map(([key, of]) => ({ ...key, lock: of })),
        irqContext,
        cached: cached.map(([key, of]) => ({ ...key, lock: of })),
      },
      dumps: [d],
    }),
  );

const off = fc.record({
  preemptionDisabledAt: fc.option(fc.array(addressed, { minLength: 1, maxLength: 1 })),
  irqEvents: fc.option(irqEvents),
});

function switchedOff(given: {
  preemptionDisabledAt: Frame[] | null;
  irqEvents: IrqEvents | null;
}): Partial<Report> {
  return {
    ...(given.preemptionDisabledAt === null ? {} : { preemptionDisabledAt: given.preemptionDisabledAt }),
    ...(given.irqEvents === null ? {} : { irqEvents: given.irqEvents }),
  };
}

const count = fc.nat(0xffff).map((value) => value.toString(16));

const sleeping = fc
  .record({
    dump,
    held,
    task,
    off,
    file,
    line,
    counts: fc.option(fc.record({ preemptCount: count, preemptExpected: count })),
    depths: fc.option(fc.record({ rcuDepth: fc.nat(9), rcuExpected: fc.nat(9) })),
    nonBlock: fc.option(fc.nat(1)),
    inAtomic: fc.nat(1),
    irqsDisabled: fc.nat(128),
    stackOverrun: fc.boolean(),
  })
  .map(({ dump: d, held: h, task: who, off: o, counts, depths, ...rest }) =>
    whole("sleeping", {
      headline: `sleeping function called from invalid context at ${rest.file}:${rest.line}`,
      tag: "BUG",
      ...h,
      ...switchedOff(o),
      task: who,
      sleeping: {
        ...rest,
        ...(counts ?? { preemptCount: null, preemptExpected: null }),
        ...(depths ?? { rcuDepth: null, rcuExpected: null }),
      },
      dumps: [d],
    }),
  );

const atomicScheduling = fc
  .record({ dump, held, task, off, count: hex(8) })
  .map(({ dump: d, held: h, task: who, off: o, count: preemptCount }) =>
    whole("atomic-scheduling", {
      headline: `scheduling while atomic: ${who.comm}/${who.pid}/0x${preemptCount}`,
      tag: "BUG",
      ...h,
      ...switchedOff(o),
      task: who,
      preemptCount: `0x${preemptCount}`,
      dumps: [d],
    }),
  );

const change = fc.record({ before: fc.nat(9), after: fc.nat(9) });

const leaked = fc
  .record({
    dump,
    held,
    task,
    function: symbol,
    module: fc.option(fc.constantFrom("splat", "splat 7c20db180e94b6c03b17a81ede2527aac2f9118a")),
    preempt: hex(8),
    counts: fc.option(fc.record({ lock: change, rcu: change })),
  })
  .map(({ dump: d, held: h, task: who, function: name, module, preempt, counts }) =>
    whole("leaked", {
      headline:
        counts === null
          ? `workqueue leaked lock or atomic: ${who.comm}/0x${preempt}/${who.pid}`
          : `workqueue leaked atomic, lock or RCU: ${who.comm}[${who.pid}]`,
      tag: "BUG",
      ...h,
      task: who,
      leaked: {
        function: name,
        ...(module === null ? {} : { module }),
        preempt: `0x${preempt}`,
        ...(counts ?? { lock: null, rcu: null }),
      },
      dumps: [d],
    }),
  );

/** `%pS` of a lock: a variable, or the address of one in allocated memory. */
const object: fc.Arbitrary<{ lock: Lock; object: Frame | null }> = fc
  .oneof(plainFrame, address)
  .map((where) => {
    const nameless = { version: 1, subclass: 0, usage: null, wait: null, at: null };
    return typeof where === "string"
      ? { lock: { ...nameless, class: where, address: where }, object: null }
      : { lock: { ...nameless, class: where.symbol, address: null }, object: where };
  });

const spinlockDebug = fc
  .record({
    dump,
    task,
    what: fc.constantFrom(
      "bad magic",
      "recursion",
      "cpu recursion",
      "already unlocked",
      "wrong owner",
      "wrong CPU",
    ),
    cpu: fc.nat(255),
    of: object,
    magic: hex(8),
    owner: fc.option(task),
    ownerCpu: fc.integer({ min: -1, max: 255 }),
  })
  .map(({ dump: d, task: who, what, cpu, of, ...state3 }) =>
    whole("spinlock-debug", {
      headline: `spinlock ${what} on CPU#${cpu}, ${who.comm}/${who.pid}`,
      tag: "BUG",
      task: who,
      lock: of.lock,
      spinlock: { what, type: "spinlock", cpu, object: of.object, ...state3 },
      dumps: [d],
    }),
  );

const rwlockDebug = fc
  .record({
    dump,
    task,
    what: fc.constantFrom("bad magic", "recursion", "wrong owner"),
    cpu: fc.nat(255),
    at: address,
  })
  .map(({ dump: d, task: who, what, cpu, at }) =>
    whole("spinlock-debug", {
      headline: `rwlock ${what} on CPU#${cpu}, ${who.comm}/${who.pid}, ${at}`,
      tag: "BUG",
      task: who,
      lock: { class: at, version: 1, subclass: 0, usage: null, wait: null, address: at, at: null },
      spinlock: { what, type: "rwlock", cpu, object: null, magic: null, owner: null, ownerCpu: null },
      dumps: [d],
    }),
  );

const preemptible = fc
  .record({
    dump,
    task,
    operation: fc.constantFrom("smp_processor_id", "__this_cpu_add", "__this_cpu_read"),
    count: fc.option(hex(8)),
    caller: fc.oneof(plainFrame, unknown, addressed),
  })
  .map(({ dump: d, task: who, operation, count: preemptCount, caller }) =>
    whole("preemptible", {
      headline:
        `using ${operation}() in preemptible ${preemptCount === null ? "" : `[${preemptCount}] `}` +
        `code: ${who.comm}/${who.pid}`,
      tag: "BUG",
      task: who,
      ...(preemptCount === null ? {} : { preemptCount }),
      preemptible: { operation, caller },
      dumps: [d],
    }),
  );

const rtmutexLock = fc.record({ address, name: className, owner: fc.option(task) }).map((mutex) => ({
  ...mutex,
  ...(mutex.owner === null
    ? {}
    : {
        owned: [
          ".. ->owner: 00000000e1b2c3d5",
          ".. held by:",
          `${mutex.owner.comm.padStart(16)}:${String(mutex.owner.pid).padStart(5)} [00000000e1b2c3d4, 120]`,
        ],
      }),
}));

/** Up to v5.13. Its first dump is show_stack() of another task, which has no header. */
const rtmutexDeadlock = fc
  .record({
    tag: fc.constantFrom<Report["tag"][]>("WARNING", "BUG"),
    current: task,
    blocked: task,
    locks: fc.tuple(rtmutexLock, rtmutexLock),
    held: fc.array(
      heldBy.filter(({ count: n }) => n > 0),
      { maxLength: 2 },
    ),
    first: body,
    second: dump,
  })
  .map(({ tag, current, blocked, locks, held: h, first, second }) =>
    whole("rtmutex-deadlock", {
      headline: "circular locking deadlock detected!",
      tag,
      task: current,
      rtmutex: {
        current,
        blocked,
        locks: [
          { number: 1, task: current, ...locks[0] },
          { number: 2, task: blocked, ...locks[1] },
        ],
      },
      held: h,
      dumps: [blockedDump(first.frames), second],
    }),
  );

/** show_stack() of a task that does not run: it has no registers to show. */
function blockedDump(frames: StackDump["frames"]): StackDump {
  const given = { ...NO_HEADER, frames, registers: [] };
  return { ...given, trace: traceOf(given) };
}

const rtmutexWarning = fc
  .record({ dump, line, at: plainFrame, irqEvents: fc.option(irqEvents) })
  .map(({ dump: d, line: number, at, irqEvents: events }) =>
    whole("rtmutex-deadlock", {
      headline: "rtmutex deadlock detected",
      tag: null,
      warning: {
        message: "rtmutex deadlock detected",
        file: "kernel/locking/rtmutex.c",
        line: number,
        at,
        endTrace: "0000000000000000",
        reason: null,
      },
      ...(events === null ? {} : { irqEvents: events }),
      dumps: [dumpAt(at, d)],
    }),
  );

/** debug_show_all_locks() passes over tasks without locks. */
const heldDump = fc
  .array(
    heldBy.filter(({ count: n }) => n > 0),
    { minLength: 1, maxLength: 4 },
  )
  .map((lists) =>
    whole("held-dump", { headline: "Showing all locks held in the system", tag: null, held: lists }),
  );

/** A whole report of each kind. */
export const REPORTS_OF: Readonly<Record<Kind, fc.Arbitrary<Report>>> = {
  circular,
  recursive,
  "irq-order": irqOrder,
  "irq-inversion": irqInversion,
  inconsistent,
  "wait-context": waitContext,
  "nested-lock": nestedLock,
  "unlock-balance": unlocking("unlock-balance", "bad unlock balance detected!"),
  contention: unlocking("contention", "bad contention detected!"),
  "held-freed": heldFreed,
  "held-exit": heldExit,
  "held-user": heldUser,
  rcu,
  "non-static-key": dump.map((d) =>
    whole("non-static-key", { headline: "trying to register non-static key.", tag: "INFO", dumps: [d] }),
  ),
  "unregistered-key": unregisteredKey,
  subclass: fc.record({ dump, subclass: fc.integer({ min: 8, max: 99 }) }).map(({ dump: d, subclass }) =>
    whole("subclass", {
      headline: `looking up invalid subclass: ${subclass}`,
      tag: "BUG",
      invalidSubclass: subclass,
      dumps: [d],
    }),
  ),
  limit,
  "chain-collision": chainCollision,
  internal,
  sleeping,
  "atomic-scheduling": atomicScheduling,
  leaked,
  "spinlock-debug": fc.oneof(spinlockDebug, rwlockDebug),
  preemptible,
  "rtmutex-deadlock": fc.oneof(rtmutexDeadlock, rtmutexWarning),
  "held-dump": heldDump,
};
