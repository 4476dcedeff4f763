/**
 * Register dumps: show_regs() of x86 (`RAX: 00 RBX: 00`), arm64 (`x29: 00 x28: 00`, `pc : fn+0x1/0x2`),
 * riscv (`epc : fn+0x1/0x2`), powerpc (`NIP: 00 LR: 00`) and their kin, one line at a time.
 */
export interface RegistersText {
  readonly values: Readonly<Record<string, string>>;
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,8}$/;
const VALUE = /^[0-9a-fA-FxX:()[\]<>_-]+$/;
// what architectures call the registers; other words with a colon are prose
const KNOWN =
  /^(?:R(?:IP|SP|AX|BX|CX|DX|SI|DI|BP|\d{1,2})|E(?:IP|SP|AX|BX|CX|DX|SI|DI|BP|FLAGS)|EFLAGS|ORIG_R?AX|[CDEFGS]S|knlGS|CR\d|DR\d|PKRU|pstate|x\d{1,2}|r\d{1,2}|w\d{1,2}|pc|lr|sp|ip|fp|psr|epc|ra|gp|tp|[ast]\d{1,2}|status|badaddr|cause|NIP|LR|CTR|REGS|MSR|CR|XER|CFAR|IRQMASK|GPR\d{2}|Flags|Control|Table|DAC|ear|ecr)$/;

/** A name and a colon, without which there is no need to look at the words one by one. */
const BEGINNING = /^[A-Za-z][A-Za-z0-9_]{0,8} *:/;

/**
 * Reads one line of registers; null when it is something else. `RIP: 0010:fn+0x1/0x2` and `pc : fn+0x1/0x2`
 * keep the place as the value.
 */
export function parseRegisters(text: string): RegistersText | null {
  if (!BEGINNING.test(text)) return null;
  const words = text.split(/\s+/);
  const values: Record<string, string> = {};
  let name: string | null = null;
  let found = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const next = words[i + 1];
    const colon = word.indexOf(":");
    if (colon > 0 && NAME.test(word.slice(0, colon)) && KNOWN.test(word.slice(0, colon))) {
      name = word.slice(0, colon);
      values[name] = word.slice(colon + 1);
      found++;
    } else if (next === ":" && KNOWN.test(word)) {
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
