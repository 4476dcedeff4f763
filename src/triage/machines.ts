import { bootKernel } from "../boots/kernel.ts";
import type { Line } from "../read/line.ts";
import type { Mail } from "../report/schema.ts";
import type { Machine } from "./machine.ts";

/** More machines in one log are a hostile one's: the rest is the last one's. */
const MOST_MACHINES = 64;

/**
 * The machines whose lines one log holds, told by the host that syslog, a journal or a container's log names: what is
 * one's is no other's. A machine that gets another name, as while it boots, stays itself; two names in turn are two.
 */
export class Machines {
  readonly #make: () => Machine;
  readonly #byHost = new Map<string, Machine>();
  /** In the order in which they came. */
  readonly all: Machine[] = [];
  /** The one of the latest line. */
  latest: Machine;

  /** @param make a machine of which nothing is known yet */
  constructor(make: () => Machine) {
    this.#make = make;
    this.latest = this.#add();
  }

  /** Whether the next lines are wanted, whatever they hold. */
  get wantNext(): boolean {
    return this.all.length === 1 ? this.latest.wantsNext : this.all.some(({ wantsNext }) => wantsNext);
  }

  /** Another log begins. */
  startLog(mail: Mail | null): void {
    this.#byHost.clear();
    for (const machine of this.all) machine.startLog(mail);
    this.latest.host = null;
  }

  /** The machine that printed the line. */
  of(line: Line): Machine {
    const { host } = line;
    if (host === undefined || host === this.latest.host) return this.latest;
    const known = this.#byHost.get(host);
    if (known === undefined) return (this.latest = this.#named(host, line));
    if (known.host !== host) this.#rename(known, host, line);
    return (this.latest = known);
  }

  #named(host: string, line: Line): Machine {
    const { latest } = this;
    const isOne = this.#byHost.size < 2 && latest.mayGoOnWith(line);
    const isFull = this.all.length >= MOST_MACHINES;
    const machine = latest.host === null || isOne || isFull ? latest : this.#add();
    machine.host = host;
    this.#byHost.set(host, machine);
    return machine;
  }

  /** The machine has its old name back: it boots again, or the other name was another machine's. */
  #rename(machine: Machine, host: string, { text }: Line): void {
    const other = machine.host;
    machine.host = host;
    if (bootKernel(text) !== null || other === null || this.all.length >= MOST_MACHINES) return;
    const apart = this.#add();
    apart.host = other;
    this.#byHost.set(other, apart);
    machine.mix();
  }

  #add(): Machine {
    const machine = this.#make();
    this.all.push(machine);
    return machine;
  }
}
