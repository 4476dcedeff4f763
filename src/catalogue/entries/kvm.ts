import type { Annotation } from "../schema.ts";

export const kvm = [
  {
    id: "kvm_locks",
    subsystem: "kvm",
    kind: "lock-family",
    meaning:
      "Locks of virtual machines. kvm->lock comes before vcpu->mutex; the loop that runs the guest is an SRCU reader, so waiting for that SRCU under a lock of the loop is a deadlock.",
    names: [
      "&kvm->lock",
      "&kvm->slots_lock",
      "&kvm->slots_arch_lock",
      "&kvm->srcu",
      "&kvm->irq_srcu",
      "&kvm->irq_lock",
      "&kvm->mmu_lock",
      "&(kvm)->mmu_lock",
      "&(&kvm->mmu_lock)->rlock",
      "&vcpu->mutex",
      "&vcpu->kvm->srcu",
      "kvm_lock",
      "kvm_usage_lock",
      "vendor_module_lock",
    ],
    patterns: [/^&kvm->arch\.\w{1,40}$/],
    acquiredBy: [
      "kvm_vcpu_ioctl",
      "kvm_set_memory_region",
      "kvm_mmu_notifier_invalidate_range_start",
      "vcpu_load",
    ],
    contexts: ["mmu-notifier", "rcu-reader", "may-sleep"],
    commits: [{ sha: "42a90008f890", role: "primes" }],
    fixedBy: ["310bc39546a4", "44d174596260"],
    fixes: ["a lock that is taken last and held over nothing", "no kvm_lock around or inside CPU hotplug"],
    evidence: ["virt/kvm/kvm_main.c"],
  },
] satisfies readonly Annotation[];
