import { constants, type Stats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import type { OpenFile } from "./file.ts";
import { systemCode } from "./input-error.ts";

/** Character device 1:11, whatever it is called (Documentation/admin-guide/devices.txt). */
const KMSG_DEVICE = (1 << 8) | 11;

/** A read with less room than the next record needs fails (PRINTKRB_RECORD_MAX, before 6.6 CONSOLE_EXT_LOG_MAX). */
const LONGEST_RECORD = 8192;

const CHUNK_BYTES = 64 * 1024;

export function isKmsg(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === KMSG_DEVICE;
}

/**
 * Opens /dev/kmsg non-blocking, so that it has an end.
 *
 * @throws the system's error
 */
export async function openKmsg(path: string): Promise<OpenFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { chunks: kmsgChunks(handle), whole: null, close: () => handle.close() };
}

/**
 * Reads /dev/kmsg, opened non-blocking, to the end of what the kernel has logged by now: each read gives one
 * record (Documentation/ABI/testing/dev-kmsg).
 *
 * @throws the system's error
 */
export async function* kmsgChunks(
  handle: Pick<FileHandle, "read">,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let filled = 0;
    let bytes = 0;
    do {
      bytes = await readRecord(handle, buffer, filled);
      filled += bytes;
    } while (bytes > 0 && filled + LONGEST_RECORD <= CHUNK_BYTES);
    if (filled > 0) yield buffer.subarray(0, filled);
    if (bytes === 0) return;
  }
}

/** @returns the length of the next record; 0: no more now */
async function readRecord(handle: Pick<FileHandle, "read">, buffer: Buffer, at: number): Promise<number> {
  for (;;) {
    try {
      const { bytesRead } = await handle.read(buffer, at, LONGEST_RECORD, null);
      return bytesRead;
    } catch (error) {
      const code = systemCode(error);
      if (code === "EAGAIN") return 0;
      // EPIPE: records were overwritten before they were read; the next read goes on at the oldest left.
      if (code !== "EPIPE") throw error;
    }
  }
}
