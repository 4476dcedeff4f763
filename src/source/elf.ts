import { type FileHandle, open } from "node:fs/promises";

/** As much of an ELF file as leads from a kernel's symbol to an address: elf(5), System V ABI, chapters 4 and 5. */

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  /** Of a symbol table: the section with its names. */
  readonly link: number;
  readonly isCode: boolean;
}

export interface ElfSymbol {
  readonly name: string;
  /** In a relocatable file from the start of its section, else where the linker put it. */
  readonly value: bigint;
  readonly size: number;
  /** Index of a section. */
  readonly section: number;
}

/** Why a file cannot be used, in words that follow its name. */
export class ElfError extends Error {
  override readonly name = "ElfError";
}

const HEADER_BYTES = 64;
const ET_REL = 1;
const SHT_SYMTAB = 2;
const SHT_NOTE = 7;
const SHT_NOBITS = 8;
const SHF_EXECINSTR = 4n;
const SHN_LORESERVE = 0xff00;
const STT_FUNC = 2;
const NT_GNU_BUILD_ID = 3;

/** A file may claim what it likes: more than any kernel has is not read. */
const LARGEST_TABLE = 1 << 28;
const LARGEST_NOTES = 1 << 20;
const SCAN_BYTES = 1 << 20;
const LONGEST_BANNER = 1024;
/** linux_banner in init/version.c: a string of .rodata. */
const BANNER = "Linux version ";

/** Numbers of a table, as the file's header says they are written. */
class Fields {
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;
  readonly is64: boolean;

  constructor(bytes: Buffer, isLittle: boolean, is64: boolean) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
    this.is64 = is64;
  }

  half(at: number): number {
    return this.#isLittle ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  word(at: number): number {
    return this.#isLittle ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  /** One word or two, as the file's class says. */
  wide(at: number): bigint {
    if (!this.is64) return BigInt(this.word(at));
    return this.#isLittle ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at);
  }
}

/** An ELF file that stays open until {@link close}. */
export class ElfFile {
  readonly path: string;
  readonly sections: readonly Section[];
  /** Addresses count from the start of a section: a module. */
  readonly isRelocatable: boolean;
  /** e_machine, an EM_ of elf.h. */
  readonly machine: number;
  readonly #handle: FileHandle;
  readonly #fields: (bytes: Buffer) => Fields;

  private constructor(path: string, handle: FileHandle, header: Header, sections: readonly Section[]) {
    this.path = path;
    this.#handle = handle;
    this.sections = sections;
    this.isRelocatable = header.isRelocatable;
    this.machine = header.machine;
    this.#fields = header.fields;
  }

  /** @throws ElfError if it is none, or broken; or the system's error */
  static async open(path: string): Promise<ElfFile> {
    const handle = await open(path);
    try {
      if ((await handle.stat()).size < HEADER_BYTES) throw new ElfError("is not an ELF file");
      const header = headerOf(await bytesAt(handle, 0, HEADER_BYTES));
      const sections = await sectionsOf(handle, header);
      return new ElfFile(path, handle, header, sections);
    } catch (error) {
      await handle.close();
      throw error instanceof RangeError ? new ElfError("is a broken ELF file") : error;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  get hasLines(): boolean {
    return this.sections.some(
      ({ name, type }) => type !== SHT_NOBITS && /^\.z?debug_(?:line|info)$/.test(name),
    );
  }

  /** Hex; null if the file has none. */
  async buildId(): Promise<string | null> {
    for (const section of this.sections) {
      if (section.type !== SHT_NOTE || section.size > LARGEST_NOTES) continue;
      const bytes = await this.#contents(section);
      const fields = this.#fields(bytes);
      for (let at = 0; at + 12 <= bytes.length;) {
        const nameSize = fields.word(at);
        const size = fields.word(at + 4);
        const start = at + 12 + align4(nameSize);
        if (
          fields.word(at + 8) === NT_GNU_BUILD_ID &&
          bytes.toString("latin1", at + 12, at + 12 + nameSize) === "GNU\0"
        )
          return bytes.toString("hex", start, start + size);
        at = start + align4(size);
      }
    }
    return null;
  }

  /** `Linux version 6.12.0 (…) #1 SMP …`; null if the file holds none, as one of debug information alone. */
  async banner(): Promise<string | null> {
    for (const section of this.sections) {
      if (!/^\.(?:init\.)?(?:rodata|data|text)/.test(section.name) || section.type === SHT_NOBITS) continue;
      const found = await this.#find(section, BANNER);
      if (found !== null) return found;
    }
    return null;
  }

  /** The release that a module was built for: the first word of vermagic in .modinfo. */
  async vermagic(): Promise<string | null> {
    const section = this.sections.find(({ name, type }) => name === ".modinfo" && type !== SHT_NOBITS);
    if (section === undefined || section.size > LARGEST_NOTES) return null;
    const entries = (await this.#contents(section)).toString("latin1").split("\0");
    const entry = entries.find((text) => text.startsWith("vermagic="));
    return entry?.slice("vermagic=".length).split(" ")[0] ?? null;
  }

  /** Symbols of code, functions or labels. */
  async symbols(): Promise<ElfSymbol[]> {
    const table = this.sections.find(({ type }) => type === SHT_SYMTAB);
    const strings = table === undefined ? undefined : this.sections[table.link];
    if (table === undefined || strings === undefined)
      throw new ElfError("has no symbol table: it is stripped");
    const names = await this.#contents(strings);
    const bytes = await this.#contents(table);
    const fields = this.#fields(bytes);
    const { is64 } = fields;
    const entry = is64 ? 24 : 16;
    const symbols: ElfSymbol[] = [];
    for (let at = 0; at + entry <= bytes.length; at += entry) {
      const section = fields.half(at + (is64 ? 6 : 14));
      if (section === 0 || section >= SHN_LORESERVE || this.sections[section]?.isCode !== true) continue;
      const type = bytes.readUInt8(at + (is64 ? 4 : 12)) & 15;
      // STT_NOTYPE is what assembly code has
      if (type !== STT_FUNC && type !== 0) continue;
      const start = fields.word(at);
      const name = names.toString("latin1", start, names.indexOf(0, start));
      if (!isCounted(name)) continue;
      const value = fields.wide(at + (is64 ? 8 : 4));
      const size = is64 ? Number(fields.wide(at + 16)) : fields.word(at + 8);
      symbols.push({ name, value, size, section });
    }
    return symbols;
  }

  async #contents({ offset, size }: Section): Promise<Buffer> {
    if (size > LARGEST_TABLE) throw new ElfError("is a broken ELF file: a table of it is too large");
    return bytesAt(this.#handle, offset, size);
  }

  async #find({ offset, size }: Section, text: string): Promise<string | null> {
    for (let at = 0; at < size; at += SCAN_BYTES) {
      const length = Math.min(SCAN_BYTES + LONGEST_BANNER, size - at);
      const bytes = await bytesAt(this.#handle, offset + at, length);
      for (let start = bytes.indexOf(text); start >= 0; start = bytes.indexOf(text, start + 1)) {
        const end = bytes.indexOf(0, start);
        const found = bytes.toString("latin1", start, end < 0 ? start + LONGEST_BANNER : end).trimEnd();
        if (/^Linux version \d\S* .*#\d/.test(found)) return found;
      }
    }
    return null;
  }
}

interface Header {
  readonly isRelocatable: boolean;
  readonly machine: number;
  readonly fields: (bytes: Buffer) => Fields;
  readonly sectionsAt: number;
  readonly sectionSize: number;
  readonly sectionCount: number;
  readonly namesAt: number;
}

function headerOf(bytes: Buffer): Header {
  if (bytes.toString("latin1", 0, 4) !== "\x7fELF") throw new ElfError("is not an ELF file");
  const is64 = bytes[4] === 2;
  const isLittle = bytes[5] === 1;
  const fields = (some: Buffer): Fields => new Fields(some, isLittle, is64);
  const head = fields(bytes);
  const tail = is64 ? 58 : 46;
  return {
    isRelocatable: head.half(16) === ET_REL,
    machine: head.half(18),
    fields,
    sectionsAt: Number(head.wide(is64 ? 40 : 32)),
    sectionSize: head.half(tail),
    sectionCount: head.half(tail + 2),
    namesAt: head.half(tail + 4),
  };
}

async function sectionsOf(handle: FileHandle, header: Header): Promise<Section[]> {
  const { sectionsAt, sectionSize, sectionCount, namesAt } = header;
  const bytes = await bytesAt(handle, sectionsAt, sectionSize * sectionCount);
  const fields = header.fields(bytes);
  const { is64 } = fields;
  const all = Array.from({ length: sectionCount }, (_, index) => {
    const at = index * sectionSize;
    return {
      nameAt: fields.word(at),
      type: fields.word(at + 4),
      isCode: (fields.wide(at + 8) & SHF_EXECINSTR) !== 0n,
      address: fields.wide(at + (is64 ? 16 : 12)),
      offset: Number(fields.wide(at + (is64 ? 24 : 16))),
      size: Number(fields.wide(at + (is64 ? 32 : 20))),
      link: fields.word(at + (is64 ? 40 : 24)),
    };
  });
  const strings = all[namesAt];
  if (strings === undefined || strings.size > LARGEST_NOTES) throw new ElfError("is a broken ELF file");
  const names = await bytesAt(handle, strings.offset, strings.size);
  return all.map(({ nameAt, ...section }) => {
    return { ...section, name: names.toString("latin1", nameAt, names.indexOf(0, nameAt)) };
  });
}

/** What scripts/kallsyms.c leaves out, and so what no size ends at: mapping symbols, local labels. */
function isCounted(name: string): boolean {
  return name !== "" && !/^(?:\$|\.L|L0|__pi_\$|__efistub_\$)/.test(name);
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** @throws ElfError if the file ends before */
async function bytesAt(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  if (!Number.isSafeInteger(offset + size)) throw new ElfError("is a broken ELF file");
  if (size === 0) return Buffer.alloc(0);
  if ((await handle.stat()).size < offset + size)
    throw new ElfError("is truncated: it ends before its tables do");
  const bytes = Buffer.alloc(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await handle.read(bytes, read, size - read, offset + read);
    if (bytesRead === 0) throw new ElfError("is truncated: it ends before its tables do");
    read += bytesRead;
  }
  return bytes;
}
