import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Ink } from "../../render/words/layout.ts";
import type { SourcePlace } from "../../render/words/parts.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Where text has colours and the terminal takes links (OSC 8), such to the files of a kernel tree.
 *
 * @param color whether text has colours
 * @param linux the tree; undefined: none was named
 */
export async function inkFor(
  color: boolean,
  { stdout }: Pick<Terminal, "stdout">,
  linux: string | undefined,
): Promise<Ink> {
  if (!color || linux === undefined) return color;
  const { createSupportsHyperlinks } = await import("supports-hyperlinks");
  return createSupportsHyperlinks(stdout) ? { addressOf: addressesIn(linux) } : true;
}

/** A log names files as it likes: nothing outside of the tree is linked, and nothing that is not there. */
function addressesIn(tree: string): (place: SourcePlace) => string | null {
  const root = resolve(tree);
  const known = new Map<string, string | null>();
  return ({ file, line }) => {
    let address = known.get(file);
    if (address === undefined) {
      const path = pathIn(root, file);
      address = path === null ? null : addressOf(path);
      known.set(file, address);
    }
    // as kitty and others take a line
    return address === null || line === null ? address : `${address}#${line}`;
  };
}

/** A path of more steps is none of a kernel's. */
const MOST_STEPS = 32;

/** A compiler may have printed the path of its own tree: `/build/linux/mm/slub.c`. */
function pathIn(root: string, file: string): string | null {
  const steps = file.split("/").filter((step) => step !== "" && step !== ".");
  if (steps.length > MOST_STEPS || steps.includes("..") || file.includes("\0")) return null;
  const last = isAbsolute(file) ? steps.length : 1;
  for (let first = 0; first < last; first++) {
    const path = resolve(root, ...steps.slice(first));
    if (relative(root, path) !== "" && existsSync(path)) return path;
  }
  return null;
}

/** With the machine's name: a terminal may show another one. */
function addressOf(path: string): string {
  return pathToFileURL(path).href.replace(/^file:\/\//, `file://${encodeURIComponent(hostname())}`);
}
