// What any program in Node pays: reads a file as fast as can be.
import { openSync, readSync } from "node:fs";

const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const file = openSync(process.argv[2] ?? "", "r");
let bytes = 0;
for (let read = -1; read !== 0; bytes += read) read = readSync(file, buffer, 0, buffer.length, null);
console.log(bytes);
