import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is; undefined where there is none, and tests that need one say so. */
export const CHROMIUM = process.env["CHROMIUM"] ?? PATHS.find((path) => existsSync(path));

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** One page of a headless Chromium, spoken to in its DevTools protocol over a pipe. */
export class Page {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  /** What the page complained about: console errors and exceptions. */
  readonly complaints: string[] = [];
  #loaded: (() => void) | null = null;
  #session: string | undefined;
  #last = 0;

  private constructor(child: ChildProcess) {
    this.#process = child;
    let text = "";
    (child.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf("\0"); end >= 0; end = text.indexOf("\0")) {
        this.#take(JSON.parse(text.slice(0, end)) as Reply & { params?: unknown });
        text = text.slice(end + 1);
      }
    });
  }

  /** @param path of a file */
  static async open(path: string): Promise<Page> {
    const child = spawn(
      CHROMIUM ?? "",
      [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--remote-debugging-pipe",
        "--window-size=1200,900",
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const page = new Page(child);
    const { targetId } = await page.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await page.send("Target.attachToTarget", { targetId, flatten: true });
    page.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Log", "Accessibility"]) await page.send(`${domain}.enable`);
    const loaded = new Promise<void>((resolve) => (page.#loaded = resolve));
    await page.send("Page.navigate", { url: `file://${path}` });
    await loaded;
    return page;
  }

  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const message = {
      id,
      method,
      params,
      ...(this.#session === undefined ? {} : { sessionId: this.#session }),
    };
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      (this.#process.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result ?? {};
  }

  /** The value of an expression in the page. */
  async value<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  }

  /** Presses a key where the focus is; a text that is one character long also types it. */
  async press(key: string, modifiers = 0): Promise<void> {
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    const code = key.length === 1 ? key.toUpperCase().charCodeAt(0) : CODES[key];
    const event = { key, modifiers, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await closed;
  }

  #take(reply: Reply & { params?: unknown }): void {
    if (reply.id !== undefined) {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    }
    if (reply.method === "Page.loadEventFired") this.#loaded?.();
    if (reply.method === "Runtime.exceptionThrown" || reply.method === "Log.entryAdded")
      this.complaints.push(JSON.stringify(reply.params));
  }
}

const CODES: Readonly<Record<string, number>> = {
  Enter: 13,
  Escape: 27,
  Tab: 9,
  ArrowRight: 39,
  ArrowLeft: 37,
};
