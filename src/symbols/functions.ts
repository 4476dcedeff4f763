import type { Frame } from "../report/schema.ts";
import { demangleNested } from "./demangle.ts";

/** Suffixes that compilers put after a function's name, and that come and go with every build. */
const COMPILER_SUFFIX =
  /(?:\.(?:isra|constprop|part|cold|llvm|localalias|lto_priv|cfi_jt)(?:\.\d{1,20})?){1,8}$/;

/** A function's name as its source has it: ppc64 puts a dot before each, compilers put suffixes behind some. */
export function plainSymbol(symbol: string): string {
  if (!symbol.includes(".")) return symbol;
  return symbol.replace(/^\.(?=\w)/, "").replace(COMPILER_SUFFIX, "");
}

/** What the architectures put before the name of a system call; one such prefix is cut. */
export const SYSCALL_PREFIX =
  /^(?:(?:compat_)?(?:SYSC|SyS)_|(?:__se_|__do_|_{2,4}|k)?sys_|__(?:x64|ia32|arm64|se)_)/;

/** A function's name without what makes it a system call of one architecture: `__x64_sys_write`, `ksys_write`. */
export function withoutCallPrefix(name: string): string {
  return name.replace(SYSCALL_PREFIX, "").replace(/^(?:compat_)?sys_/, "");
}

const BARE_ADDRESS = /^(?:0x[0-9a-f]+|[0-9a-f]{8,})$/;

/**
 * The name of a frame's function, the same in every build: without what a compiler adds, C++ and legacy Rust demangled.
 *
 * @returns null if the line names none, but an address, or one that the unwinder only guesses, or an inlined one,
 *   which the kernel itself does not print
 */
export function functionName(frame: Frame | null | undefined): string | null {
  const name = frame && namesFunction(frame) ? NAME.exec(frame.symbol)?.[1] : undefined;
  if (name === undefined) return null;
  // what is more involved than a nested name stays
  return demangleNested(name) ?? name;
}

const NAME = /^\.?(\w+)/;

/** Whether {@link functionName} has a name for the frame. */
export function namesFunction({ symbol, offset, inline, uncertain }: Frame): boolean {
  return !inline && !uncertain && !(offset === null && BARE_ADDRESS.test(symbol)) && NAME.test(symbol);
}

/** `take_ba [splat]`: who a frame is, for a person. */
export function siteName(frame: Frame): string {
  const name = frame.demangled ?? plainSymbol(frame.symbol);
  return frame.module === null ? name : `${name} [${frame.module}]`;
}

/** The size after a place, as `%pS` prints it: an unsigned long. */
export function sizeText(size: number): string {
  return (size < 0 ? BigInt.asUintN(64, BigInt(size)) : size).toString(16);
}
