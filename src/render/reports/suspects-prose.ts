import type { SuspectCode } from "../../analyze/index.ts";

/** The answers to `--suspect`: what takes part, and what that means for a bisection that blamed it. */
export const SUSPECT_PROSE = {
  "class-in-cycle": ["{class} is in the cycle."],
  "class-held": ["{class} is held, but is not in the cycle: without it the cycle would be the same."],
  "class-in-stack": ["{class} is not a lock of this report; only functions that take it are in a stack."],
  "class-absent": ["{class} is not in this report."],
  "function-in-stack": ["{function} is a function in a stack of this report, not a lock."],
  "commit-edge-in-cycle": [
    "This commit adds edges to {to}, and this cycle has one of them: without the commit lockdep would not have seen this cycle. That does not make it a false positive.",
  ],
  "commit-edge-absent": [
    "This commit adds only edges to {to}. None of this cycle's edges ({cycle}) is one of them, so reverting it should not make this report go away; a run without it may simply have missed the race.",
    "{to} is in the cycle, but through an edge that this commit did not add ({classInCycle}).",
  ],
  "commit-records-edge": [
    "This commit changes {recorder}, which records {from} → {to}: since then lockdep also sees such allocations in a {scope} scope.",
    "This one runs within {what} ({frame}), so it should not have been recorded: suspect the commit, not the locks. Reverting it should make this report go away.",
    "{mendedIn} has the change without that mistake.",
  ],
  "commit-records-other": [
    "This commit changes when edges to {to} are recorded in {within} scopes.",
    "No stack shows that one of this cycle's was recorded in such a scope, but a caller that is in no stack may have opened one ({recorded}).",
    "{mendedIn} has the change without that mistake.",
  ],
  "commit-class-in-cycle": [
    "This commit introduced {class}, which is in the cycle: without the commit lockdep would not have seen this cycle. That does not make it a false positive.",
  ],
  "commit-class-held": [
    "This commit introduced {class}, which is only held here: reverting the commit should not make this report go away; a run without it may simply have missed the race.",
  ],
  "commit-class-in-stack": [
    "This commit introduced {class}, which is not a lock of this report; but functions that take it are in a stack, so the effect of a revert cannot be predicted.",
  ],
  "commit-class-absent": [
    "This commit introduced {class}, which is not in this report: reverting the commit should not make this report go away; a run without it may simply have missed the race.",
  ],
  "commit-extends-class": [
    "This commit changed where {class} is taken; the catalogue does not say which edges that added, so this answer is about the class.",
  ],
  "commit-adds-nothing": [
    "This commit added no class and no edge to the lock graph: its annotations cannot have caused this report.",
    "It only changed names, reports or checks of {classes}.",
  ],
  "commit-fixes-class": [
    "This commit fixed another report about such a class. The catalogue does not say what else it changed: give the patch itself, or --linux with a tree that has it.",
  ],
  "unknown-commit": [
    "The catalogue does not know the commit {sha}, so it cannot say what that commit added: give the patch itself, or --linux with a tree that has it.",
  ],
  unknown: [
    "Neither an annotation, nor a class or function of this report, nor a commit that the catalogue knows.",
  ],
  "patch-takes-lock": [
    "In {function} this patch takes {to}, and that function is on the edge {from} → {to}: the patch adds the edge. Reverting it should make this report go away; that does not make it a false positive.",
  ],
  "patch-adds-call": [
    "In {function} this patch calls {callee}, and that call leads to {to} while {from} is held: the patch adds the edge {from} → {to}. Reverting it should make this report go away; that does not make it a false positive.",
  ],
  "patch-moves-call": [
    "In {function} this patch moves or changes the call of {callee}, which leads to {to} on the edge {from} → {to}. The patch alone does not show whether {from} was held there before.",
  ],
  "patch-records-edge": [
    "This patch changes {recorder}, which decides whether {from} → {to} is recorded.",
    "That edge was recorded within {what} ({frame}), a {scope} scope, where it should not have been: suspect the patch, not the locks. Reverting it should make this report go away.",
  ],
  "patch-keeps-recording": [
    "This patch changes {recorder}, which records {from} → {to}, but not when it does so: it should have no part in this report. Since that function records the edge, a revert may still make a difference.",
  ],
  "patch-changes-recorder": [
    "This patch changes {recorder}, which records {from} → {to}. The patch alone does not show whether the edge would have been recorded without it.",
  ],
  "patch-widens-mask": [
    "In {function} this patch changes how memory is allocated on the edge {from} → {to} ({masks}): since then the allocation may reclaim. Reverting it should make this report go away; that does not make it a false positive.",
  ],
  "patch-narrows-mask": [
    "In {function} this patch keeps allocations out of reclaim ({masks}); this edge, {from} → {to}, was recorded nonetheless.",
  ],
  "patch-holds-lock": [
    "In {function} this patch takes {from}, or no longer drops it, before {to} is taken: it adds the edge {from} → {to}. Reverting it should make this report go away; that does not make it a false positive.",
  ],
  "patch-changes-order": [
    "In {function}, on the edge {from} → {to}, this patch changes where {lock} is taken or dropped. The patch alone does not show whether the order was different before.",
  ],
  "patch-changes-class": [
    "In {function} this patch changes the class of {lock}, which is in the cycle: edges of other locks may have been added to it or removed from it.",
  ],
  "patch-in-stack": [
    "This patch changes {function}, which is in a stack of this report, but no lock of the cycle there and no call that leads to one. The effect of a revert cannot be predicted.",
  ],
  "patch-elsewhere": [
    "This patch takes or drops {lock} in {function}, which is in no stack of this report; it may have been inlined into a function that is. The effect of a revert cannot be predicted.",
  ],
  "patch-unclear": [
    "Nothing that this patch names is in this report, but the comparison is not complete.",
    "The patch is cut or damaged ({cut}).",
    "The report is damaged or lacks a stack ({damaged}).",
    "It changes {file}, which has functions of the stacks.",
    "What it changes need not show in any stack: {hidden}.",
  ],
  "patch-absent": [
    "This patch changes no function in a stack of this report and no lock of its cycle: reverting it should not make this report go away; a run without it may simply have missed the race.",
  ],
} as const satisfies Record<SuspectCode, readonly string[]>;
