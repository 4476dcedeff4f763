/**
 * Register dumps, one line at a time: show_regs() of each architecture and what its show_stack() prints around
 * a trace. Most lines are pairs: `RAX: 00 RBX: 00` (x86), `x29: 00 x28: 00` (arm64), `epc : fn+0x1/0x2` (riscv),
 * `NIP: 00 LR: 00` (powerpc), `g0: 00 g1: 00` (sparc), `Hi    : 00` (mips). FORMS holds the others.
 */
export interface RegistersText {
  readonly values: Readonly<Record<string, string>>;
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,12}$/;
const VALUE = /^[0-9a-fA-FxX:()[\]<>_-]+$/;
// what architectures call the registers; other words with a colon are prose
const KNOWN =
  /^(?:R(?:IP|SP|AX|BX|CX|DX|SI|DI|BP|\d{1,2})|E(?:IP|SP|AX|BX|CX|DX|SI|DI|BP|FLAGS)|EFLAGS|ORIG_R?AX|[CDEFGS]S|knlGS|CR\d|DR\d|PKRU|pstate|x\d{1,2}|r\d{1,2}|w\d{1,2}|pc|lr|sp|ip|fp|psr|epc|ra|gp|tp|ssp|[agilost]\d{1,2}|NIP|LR|CTR|REGS|MSR|CR|XER|CFAR|IRQMASK|GPR\d{2}|Flags|DAC|ear|ecr)$/;
/** Names that are words of prose, too: only before a number, or a place. */
const KNOWN_BEFORE_NUMBER =
  /^(?:status|badaddr|cause|Control|Table|pmr|xPSR|Hi|Lo|Acx|Status|Cause|BadVA|PrId|ERA|CRMD|PRMD|EUEN|ECFG|ESTAT|BADV|PRID|TPC|TNPC|RPC|I7|ret_pc|DAR|DSISR|DEAR|ESR|PACATMSCRATCH|IASQ|IAOQ|IIR|ISR|IOR|CR3[01]|ORIG_R28|PC|SP|SR|TEA|MACH|MACL|GBR|PR)$/;
const NUMBER_OR_PLACE = /^<?(?:[0-9a-f]{4,16}$|\S+\+0x[0-9a-f])/;

/** A name and a colon, without which there is no need to look at the words one by one. */
const BEGINNING = /^[A-Za-z][A-Za-z0-9_]{0,12} *:/;

interface Form {
  readonly pattern: RegExp;
  readonly printedBy: string;
  readonly example: string;
}

/** Lines that are not pairs. A group is the value of the register of its name. */
export const FORMS = [
  {
    pattern: /^(?:Krnl|User) PSW : (?<PSW>[0-9a-f]{16} [0-9a-f]{16}(?: \(.*\))?)$/,
    printedBy: "show_registers() in arch/s390/kernel/dumpstack.c",
    example: "Krnl PSW : 0404d00180000000 000003ffe0180cf2 (lock_pin_lock+0xe2/0x1c0)",
  },
  {
    pattern: /^R:\d T:\d IO:\d EX:\d Key:[0-9a-f] M:\d W:\d P:\d AS:\d CC:\d PM:[0-9a-f](?: RI:\d EA:\d)?$/,
    printedBy: "show_registers() in arch/s390/kernel/dumpstack.c",
    example: "R:0 T:1 IO:0 EX:0 Key:0 M:1 W:0 P:0 AS:3 CC:1 PM:0 RI:0 EA:3",
  },
  {
    pattern: /^(?:Krnl|User) GPRS: (?<GPRS>[0-9a-f]{16}(?: [0-9a-f]{16}){3})$/,
    printedBy: "show_registers() in arch/s390/kernel/dumpstack.c",
    example: "Krnl GPRS: 0000000000000f2c 0000000000000000 0000000080000001 0000000000000000",
  },
  {
    pattern: /^(?:(?:Krnl|User) Code: ?)?(?:Bad PSW\.|[#>*]?[0-9a-f]{8,16}: [0-9a-f]{4,12}\s+\S.*)$/,
    printedBy: "show_code() in arch/s390/kernel/dis.c",
    example: "Krnl Code: 000003ffe0180ce2: c02000139bdb\tlarl\t%r2,000003ffe03f4498",
  },
  {
    pattern: /^\$ ?\d{1,2} *:(?: +[0-9a-f]{8,16}){1,4}$/,
    printedBy: "__show_regs() in arch/mips/kernel/traps.c",
    example: "$ 0   : 0000000000000000 ffffffff80a30000 0000000000000001 0000000000000000",
  },
  {
    pattern: /^Stack :(?: +[0-9a-f]{8,16}){0,8}(?: \.\.\.| \(Bad stack address\))?$/,
    printedBy: "show_stacktrace() in arch/mips/kernel/traps.c, arch/loongarch/kernel/traps.c",
    example: "Stack : 0000000000000000 ffffffff80a2c4a8 0000000000000001 9800000001513b20",
  },
  {
    pattern: /^(?:pc|a\d|t\d|s\d) [0-9a-f]{16}(?: [a-z]\w [0-9a-f]{16}){3}$/,
    printedBy: "__show_regs() in arch/loongarch/kernel/traps.c",
    example: "pc 9000000000e3f1a4 ra 9000000000e3f1a4 tp 90000001009d8000 sp 90000001009dbb80",
  },
  {
    pattern: /^Process .{1,80} \(pid: \d{1,15}, (?:threadinfo=|stack limit = |task=).*\)$/,
    printedBy: "show_registers() in arch/mips/kernel/traps.c, __die() in arch/arm/kernel/traps.c",
    example: "Process init (pid: 1, threadinfo=000000004e2e1b2b, task=00000000d9a3f1c8, tls=00000000)",
  },
  {
    pattern: /^\*HwTLS: [0-9a-f]{8,16}$/,
    printedBy: "show_registers() in arch/mips/kernel/traps.c",
    example: "*HwTLS: 77e0e490",
  },
  {
    pattern:
      /^TSTATE: (?<TSTATE>[0-9a-f]{16}) TPC: (?<TPC>[0-9a-f]{16}) TNPC: (?<TNPC>[0-9a-f]{16}) Y: (?<Y>[0-9a-f]{8}) +(?:Not tainted|Tainted: .*)$/,
    printedBy: "show_regs() in arch/sparc/kernel/process_64.c",
    example:
      "TSTATE: 0000004411001605 TPC: 00000000004a5b9c TNPC: 00000000004a5ba0 Y: 00000000    Not tainted",
  },
  {
    pattern: /^Instruction DUMP:(?: *[ <][0-9a-f]{8}[ >]?){0,12}$/,
    printedBy: "instruction_dump() in arch/sparc/kernel/traps_64.c",
    example: "Instruction DUMP: 90102000  <91d02005> 82102000",
  },
  {
    pattern: /^(?<register>NIP|LR) \[[0-9a-f]{8,16}\] (?<at>\S+\+0x.*|0x[0-9a-f]{1,16})$/,
    printedBy: "__show_regs() in arch/powerpc/kernel/process.c",
    example: "NIP [c000000000192c04] lock_pin_lock+0xe4/0x1f0",
  },
  {
    pattern: /^-{3,4} interrupt: [0-9a-f]{1,4}(?: at \S.*)?$/,
    printedBy: "show_stack() in arch/powerpc/kernel/process.c",
    example: "---- interrupt: 3000 at 0x7fff9a4b1c84",
  },
  {
    pattern: /^(?<register>LR) = (?<at>\S+\+0x.*|0x[0-9a-f]{1,16})$/,
    printedBy: "show_stack() in arch/powerpc/kernel/process.c, up to 5.10",
    example: "LR = lock_pin_lock+0xe0/0x1f0",
  },
  {
    pattern: /^(?<register>PC|LR) is at (?<at>\S+\+0x.*|0x[0-9a-f]{1,16})$/,
    printedBy: "__show_regs() in arch/arm/kernel/process.c",
    example: "PC is at lock_pin_lock+0x7f/0x120",
  },
  {
    pattern: /^Exception stack\(0x[0-9a-f]{8} to 0x[0-9a-f]{8}\)$/,
    printedBy: "dump_mem() in arch/arm/kernel/traps.c",
    example: "Exception stack(0xe0915fb0 to 0xe0915ff8)",
  },
  {
    pattern: /^[0-9a-f]{4}:(?: +[0-9a-f]{8}){1,8}$/,
    printedBy: "dump_mem() in arch/arm/kernel/traps.c",
    example: "5fc0: 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000",
  },
  {
    pattern: /^(?:r|sr|fr)\d\d-\d\d(?: +[0-9a-f]{8,16}){4}$/,
    printedBy: "print_gr() in arch/parisc/kernel/traps.c",
    example: "r00-03  000000ff0804ff0f 0000000040d5f000 00000000403b2f94 000000007f5b0520",
  },
  {
    pattern: /^(?:IAOQ\[\d\]|RP\(r2\)|PSW): \S.*$/,
    printedBy: "show_regs() in arch/parisc/kernel/traps.c",
    example: "IAOQ[0]: lock_pin_lock+0x124/0x1d8",
  },
  {
    pattern: /^YZrvWESTHLNXBCVMcbcbcbcbOGFRQPDI$/,
    printedBy: "print_gr() in arch/parisc/kernel/traps.c",
    example: "YZrvWESTHLNXBCVMcbcbcbcbOGFRQPDI",
  },
] as const satisfies readonly Form[];

/** What a line of FORMS begins with: a look at it spares the rest of the lines the trying of each. */
const FORM_BEGINNING =
  /^(?:Krnl |User |R:\d|[#>*]?[0-9a-f]{4}|\$|Stack :|\*HwTLS|pc |[ast]\d |Process |TSTATE|Instruction DUMP|NIP |LR |PC |--- ?-? ?i|---- i|Exception stack|s?f?r\d\d-|IAOQ|RP\(|PSW|YZ)/;

/** The registers that tell where a machine was. */
const PROGRAM_COUNTERS: ReadonlySet<string> = new Set([
  "RIP",
  "EIP",
  "pc",
  "epc",
  "NIP",
  "PSW",
  "ERA",
  "PC",
  "TPC",
]);

/** The place that a line of registers names: where they were taken; null if it names none. */
export function placeIn(values: RegistersText["values"]): string | null {
  for (const [name, value] of Object.entries(values)) {
    if (!PROGRAM_COUNTERS.has(name)) continue;
    // mips and loongarch print the address before the place, s390 puts that in parentheses, sparc in angles
    const place =
      /^(?:[0-9a-f]{8,16} ){1,2}\(?(\S+\+0x[^)]*)\)?$/.exec(value) ?? /^<(\S+\+0x.*)>$/.exec(value);
    return place?.[1] ?? value;
  }
  return null;
}

/**
 * Reads one line of registers; null when it is something else. `RIP: 0010:fn+0x1/0x2` and `pc : fn+0x1/0x2`
 * keep the place as the value.
 */
export function parseRegisters(text: string): RegistersText | null {
  return parsePairs(text) ?? parseForm(text);
}

function parseForm(text: string): RegistersText | null {
  if (!FORM_BEGINNING.test(text)) return null;
  for (const { pattern } of FORMS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const { register, at, ...values } = match.groups ?? {};
    return { values: register === undefined || at === undefined ? values : { [register]: at } };
  }
  return null;
}

function parsePairs(text: string): RegistersText | null {
  if (!BEGINNING.test(text)) return null;
  const words = text.split(/\s+/);
  const values: Record<string, string> = {};
  let name: string | null = null;
  let found = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const next = words[i + 1];
    const colon = word.indexOf(":");
    if (colon > 0 && isName(word.slice(0, colon), colon + 1 < word.length ? word.slice(colon + 1) : next)) {
      name = word.slice(0, colon);
      values[name] = word.slice(colon + 1);
      found++;
    } else if (next === ":" && isName(word, words[i + 2])) {
      name = word;
      values[name] = "";
      found++;
      i++;
    } else if (name !== null && (VALUE.test(word) || found === 1)) {
      values[name] = values[name] === "" ? word : `${values[name]} ${word}`;
    } else {
      return null;
    }
  }
  return found === 0 || Object.values(values).includes("") ? null : { values };
}

function isName(word: string, value: string | undefined): boolean {
  if (!NAME.test(word)) return false;
  return KNOWN.test(word) || (KNOWN_BEFORE_NUMBER.test(word) && NUMBER_OR_PLACE.test(value ?? ""));
}
