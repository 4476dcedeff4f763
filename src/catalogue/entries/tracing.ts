import type { Annotation } from "../schema.ts";

export const tracing = [
  {
    id: "perf_ctx",
    subsystem: "tracing",
    kind: "lock-family",
    meaning: "Locks of performance events: a CPU's or task's set of events, and the list of event sources.",
    names: [
      "&cpuctx_mutex",
      "&cpuctx_lock",
      "&event->mmap_mutex",
      "&event->child_mutex",
      "pmus_lock",
      "&pmus_srcu",
      "pmus_srcu",
    ],
    shared: ["&ctx->mutex", "&ctx->lock"],
    frames: [/perf_/],
    acquiredBy: ["perf_event_ctx_lock_nested", "perf_event_open", "perf_mmap", "perf_trace_destroy"],
    contexts: ["may-sleep"],
    fixes: ["event_mutex and the set's mutex in the documented order"],
    evidence: ["kernel/events/core.c"],
  },
  {
    id: "trace_event_mutex",
    subsystem: "tracing",
    kind: "lock-family",
    meaning:
      "Locks of the configuration of tracing; enabling an event flips static keys and patches code under them.",
    names: [
      "event_mutex",
      "trace_types_lock",
      "ftrace_lock",
      "kprobe_mutex",
      "tracepoints_mutex",
      "bpf_event_mutex",
      "&cpu_buffer->reader_lock",
    ],
    acquiredBy: [
      "trace_event_reg",
      "perf_trace_init",
      "perf_trace_destroy",
      "register_ftrace_function",
      "tracepoint_probe_register",
    ],
    contexts: ["may-sleep", "cpu-hotplug"],
    fixes: ["keep perf and mmap_lock users out of event_mutex"],
    evidence: ["kernel/trace/trace_events.c", "kernel/trace/trace.c", "kernel/trace/ftrace.c"],
  },
] satisfies readonly Annotation[];
