import { unpacked } from "../read/inputs/compression.ts";
import type { Input } from "./read-source.ts";

/** Bytes or text of a log: whole, or in pieces of any size, as from Node's streams or web streams. */
export type LogData =
  | string
  | Uint8Array
  | ArrayBuffer
  | Iterable<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>
  | WebStream;

/** The part of ReadableStream that is used; not every runtime has it iterable. */
export interface WebStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | string | undefined }>;
  };
}

/** A log to read. */
export interface LogInput {
  /** Name for messages and `sources[].name`; `-` is standard input. */
  readonly name: string;
  /** The log itself, compressed (gzip, xz, zstd, bzip2) or not. A string is the text, not the name of a file. */
  readonly chunks: LogData;
}

/**
 * Checks and unpacks logs given to the library.
 *
 * @param argument its name, for messages
 * @throws TypeError if an argument is not a log, naming the argument
 */
export function* openLogs(
  inputs: Iterable<LogInput>,
  argument = "inputs",
): Generator<Input, void, undefined> {
  if (
    typeof inputs === "string" ||
    !isObject(inputs) ||
    !(Symbol.iterator in inputs) ||
    inputs instanceof Uint8Array
  )
    throw new TypeError(`${argument}: expected a list of logs, each { name, chunks }, not ${whatIs(inputs)}`);
  let index = 0;
  for (const input of inputs) yield openLog(input, `${argument}[${index++}]`);
}

/** One of them. */
export function openLog(input: LogInput, argument: string): Input {
  if (!isObject(input) || !("chunks" in input))
    throw new TypeError(`${argument}: a log is { name, chunks }, not ${whatIs(input)}`);
  const { name, chunks } = input;
  if (typeof name !== "string")
    throw new TypeError(`${argument}.name: expected a string, not ${whatIs(name)}`);
  const pieces = piecesOf(chunks, `${argument}.chunks`);
  return { name, chunks: unpacked(name, bytesOf(pieces, `${argument}.chunks`)) };
}

type Pieces = Iterable<unknown> | AsyncIterable<unknown>;

function piecesOf(chunks: unknown, argument: string): Pieces {
  if (typeof chunks === "string" || chunks instanceof Uint8Array || chunks instanceof ArrayBuffer)
    return [chunks];
  if (isObject(chunks)) {
    if ("readableEnded" in chunks && chunks.readableEnded === true)
      throw new TypeError(`${argument}: this stream has been read to its end already`);
    if (Symbol.asyncIterator in chunks || Symbol.iterator in chunks) return chunks as Pieces;
    if ("getReader" in chunks && typeof chunks.getReader === "function")
      return readerOf(chunks as unknown as WebStream);
  }
  throw new TypeError(`${argument}: expected bytes, text, or a stream of them, not ${whatIs(chunks)}`);
}

async function* readerOf(stream: WebStream): AsyncGenerator<unknown, void, undefined> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function* bytesOf(pieces: Pieces, argument: string): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    if (typeof piece === "string") yield Buffer.from(piece);
    else if (piece instanceof Uint8Array) yield piece;
    else if (piece instanceof ArrayBuffer) yield new Uint8Array(piece);
    else throw new TypeError(`${argument}: it yields ${whatIs(piece)} instead of bytes or text`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** `undefined`, `a number`, `a Promise`. */
function whatIs(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  const { name } = value.constructor as { readonly name?: string };
  return name === undefined || name === "" ? "an object" : `a ${name}`;
}
