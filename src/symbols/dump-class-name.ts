import type { LockClass } from "../report/schema.ts";

/** A printed class name in its parts: print_name() of lockdep_proc.c, __print_lock_name() of lockdep.c. */
export interface ClassName {
  /** Without `#version` and `/subclass`. */
  readonly base: string;
  /** N of `#N`, else 1. Counted anew in each boot, in the order in which classes are registered. */
  readonly version: number;
  /** M of `/M`, else 0. */
  readonly subclass: number;
}

const SUFFIXED = /^([^]*?)(?:#(\d{1,9}))?(?:\/([1-7]))?$/;

export function parseName(name: string): ClassName {
  const [, base = name, version, subclass] = SUFFIXED.exec(name) ?? [];
  return { base, version: Number(version ?? 1), subclass: Number(subclass ?? 0) };
}

/** The class of a report as a dump prints it. */
export function printedName({ class: name, version, subclass }: Omit<LockClass, "usage" | "wait">): string {
  return withVersion({ base: name, version, subclass });
}

export function withVersion({ base, version, subclass }: ClassName): string {
  return `${base}${version > 1 ? `#${version}` : ""}${subclass > 0 ? `/${subclass}` : ""}`;
}
