import type { Annotation } from "../schema.ts";

export const arch = [
  {
    id: "powerpc_hpte_lock",
    subsystem: "arch",
    kind: "pseudo-lock",
    meaning: "Stands for the bit locks of the hashed page table on powerpc.",
    names: ["hpte_lock"],
    acquiredBy: ["native_lock_hpte"],
    contexts: ["irqs-off"],
    evidence: ["arch/powerpc/mm/book3s64/hash_native.c"],
  },
] satisfies readonly Annotation[];
