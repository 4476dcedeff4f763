// Measures `seen` in a public-inbox repository as large as a list's archive: indexed once, asked again, and again
// after some mails more.
//
//     npm run bench:inbox [-- --mails N] [DIRECTORY]
//
// The repository is made of the mailboxes of a directory (by default those beside the checkout), each mail copied as often as it
// takes, every copy in a thread of its own. Nearly each of these mails holds a report: a real list has one in hundreds.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { COMMAND, costOf } from "./cost.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mails: { type: "string", default: "100000" } },
});
const wanted = Number(values.mails);
const MORE = 100;
const archive = positionals[0] ?? fileURLToPath(new URL("../../../shared/corpus/archive", import.meta.url));
const LOG = fileURLToPath(new URL("../../fixtures/circular/abba/dmesg.txt", import.meta.url));

const mails = readdirSync(archive)
  .filter((name) => name.endsWith(".mbox.gz"))
  .toSorted()
  .flatMap((name) => {
    const text = gunzipSync(readFileSync(join(archive, name))).toString("latin1");
    // an mbox's envelope is not part of the mail
    return text.split(/^From \S+ .*\n/m).filter((mail) => mail !== "");
  });

/** The mail of that number: those of a copy refer to one another, and to no other copy's. */
function mailOf(number) {
  const copy = Math.floor(number / mails.length);
  return mails[number % mails.length].replaceAll("@example.org>", `.${copy}@example.org>`);
}

/** Commits mails as public-inbox does: each in the file `m`, on the commit before. */
async function commit(repository, first, count) {
  const git = spawn("git", ["-C", repository, "fast-import", "--quiet"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  for (let number = first; number < first + count; number++) {
    const mail = mailOf(number);
    const written = git.stdin.write(
      `commit refs/heads/master\nmark :${number + 1}\ncommitter Ada <ada@example.org> ${1_700_000_000 + number} +0000\n` +
        `data 4\nmail\n${number === first && first > 0 ? "from refs/heads/master^0\n" : ""}` +
        `M 100644 inline m\ndata ${mail.length}\n${mail}\n\n`,
      "latin1",
    );
    if (!written) await once(git.stdin, "drain");
  }
  git.stdin.end();
  await once(git, "close");
  if (git.exitCode !== 0) throw new Error("git fast-import failed");
}

const directory = mkdtempSync(join(tmpdir(), "splat-triage-inbox-"));
process.env.XDG_CACHE_HOME = join(directory, "cache");
const repository = join(directory, "0.git");
try {
  const init = spawn("git", ["init", "--quiet", "--bare", "--initial-branch=master", repository], {
    stdio: "inherit",
  });
  await once(init, "close");
  await commit(repository, 0, wanted);
  const ask = (what) => {
    const { cpu, wall, peak } = costOf([
      process.execPath,
      COMMAND,
      "seen",
      "-f",
      "table",
      LOG,
      "--in",
      repository,
    ]);
    console.log(`${what}: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU, ${peak.toFixed(0)} MB`);
  };
  ask(`${wanted} mails, first`);
  ask("asked again");
  await commit(repository, wanted, MORE);
  ask(`after ${MORE} mails more`);
} finally {
  rmSync(directory, { recursive: true });
}
