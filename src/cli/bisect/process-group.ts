import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** How long processes have to end by themselves once they are asked to. */
const GRACE_MILLISECONDS = 5000;
/** Even SIGKILL takes a moment, and longer where a process waits for a device. */
const KILL_MILLISECONDS = 2000;
const POLL_MILLISECONDS = 25;

/** A process that leads a group of its own, with all that it started and that did not leave the group. */
export class ProcessGroup {
  readonly #leader: number;
  #ending: Promise<void> | null = null;

  /** @param leader whose id is the group's */
  constructor(leader: number) {
    this.#leader = leader;
  }

  /** Whether a process of the group still runs. */
  async isAlive(): Promise<boolean> {
    if (!this.signal(0)) return false;
    return (await this.#hasLivingMember()) ?? true;
  }

  /** Ends all of it: SIGTERM, and SIGKILL for what has not ended a moment later. Asked twice it is done once. */
  async end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** @returns whether there is a process of the group, a dead one perhaps */
  signal(signal: NodeJS.Signals | 0): boolean {
    try {
      process.kill(-this.#leader, signal);
      return true;
    } catch (error) {
      // EPERM: there is one, but it is another user's
      return error instanceof Error && "code" in error && error.code === "EPERM";
    }
  }

  async #end(): Promise<void> {
    this.signal("SIGTERM");
    if (await this.#isGoneWithin(GRACE_MILLISECONDS)) return;
    this.signal("SIGKILL");
    await this.#isGoneWithin(KILL_MILLISECONDS);
  }

  async #isGoneWithin(milliseconds: number): Promise<boolean> {
    const end = performance.now() + milliseconds;
    while (await this.isAlive()) {
      if (performance.now() >= end) return false;
      await delay(POLL_MILLISECONDS);
    }
    return true;
  }

  /**
   * A dead process whose parent does not ask for its status, as process 1 of many a container does not, takes signals
   * forever.
   *
   * @returns null: there is no /proc to ask
   */
  async #hasLivingMember(): Promise<boolean | null> {
    const names = await readdir("/proc").catch(() => []);
    const processes = names.filter((name) => /^\d+$/.test(name));
    if (processes.length === 0) return null;
    const stats = await Promise.all(
      processes.map((name) => readFile(`/proc/${name}/stat`, "latin1").catch(() => "")),
    );
    return stats.some((stat) => {
      // `123 (name) S 1 123 …`: state, parent, group; the name may hold anything
      const [state = "", , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(group) === this.#leader && !"ZX".includes(state);
    });
  }
}
