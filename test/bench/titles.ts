import { titledMails } from "../identity/subjects.ts";

/**
 * How often a report's title is the subject of its mail, where that is a title of syzbot's form; and each that is not, with the
 * reason where somebody looked.
 *
 *   npm run bench:titles -- DIR      a directory with mailboxes (default: the archive beside the checkout)
 */

const mails = await titledMails(process.argv[2] ?? "../shared/corpus/archive");
const equal = mails.filter(({ isEqual }) => isEqual);
const others = mails.filter(({ isEqual }) => !isEqual);
const unexplained = others.filter(({ why }) => why === null);
for (const { mail, title, titles, why } of others) {
  console.log(`${mail.messageId ?? "?"}  ${title}`);
  for (const other of titles) console.log(`    ${other}`);
  console.log(`    ${why ?? "NOT EXPLAINED"}`);
}
console.log(
  `${mails.length} mails with a title for their subject: ${equal.length} equal, ${others.length - unexplained.length} ` +
    `different and explained, ${unexplained.length} not explained`,
);
if (unexplained.length > 0) process.exitCode = 1;
