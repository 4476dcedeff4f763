import { mayBeHeadline } from "../../../grammar/telling.ts";
import type { Line } from "../line.ts";
import { type DecodeLog, isStamped } from "./record.ts";

/** Names under which exports keep the message. */
const MESSAGE = /^(?:message|msg|_raw|log|line|text|content|body)$/i;
/** A row, where no head tells the columns: it begins with a time, and the message comes last. */
const ROW = /^"?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^,;"\t]{0,20}"?([,;\t])/;
const HEAD = /^"?[A-Za-z_@][\w@. -]{0,40}"?(?:([,;\t])"?[A-Za-z_@][\w@. -]{0,40}"?){1,40}$/;
const MOST_COLUMNS = 64;

/** Tables of log stores (RFC 4180): a record a row, the message in a column of its own. */
export class Csv {
  #columns: { readonly delimiter: string; readonly count: number; readonly message: number } | null = null;
  /** The fewest that a row without a head had: a message that nobody quoted has delimiters of its own. */
  #fewest = MOST_COLUMNS;

  readonly #decode: DecodeLog;

  constructor(decode: DecodeLog) {
    this.#decode = decode;
  }

  /** null when the line is not a row. */
  read(text: string, number: number): readonly Line[] | null {
    const delimiter = HEAD.exec(text)?.[1];
    if (delimiter !== undefined) {
      const names = fieldsOf(text, delimiter);
      const message = names?.findIndex((name) => MESSAGE.test(name)) ?? -1;
      if (names !== null && message >= 0) {
        this.#columns = { delimiter, count: names.length, message };
        return [];
      }
    }
    const row = ROW.exec(text)?.[1];
    const columns = this.#columns;
    if (columns === null && row === undefined) return null;
    const fields = fieldsOf(text, columns?.delimiter ?? row ?? ",");
    if (fields === null || fields.length < 2 || (columns !== null && fields.length !== columns.count)) {
      this.#columns = null;
      return null;
    }
    this.#fewest = Math.min(this.#fewest, fields.length);
    const message =
      columns === null
        ? (fields.find((field) => isStamped(field)) ?? fields.slice(this.#fewest - 1).join(row))
        : (fields[columns.message] ?? "");
    // another column has what the message is thought to be: better no row than a report less
    if (mayBeHeadline(text) && !mayBeHeadline(message)) return null;
    return this.#decode(message, number, "ci");
  }
}

/** The fields of a row; null if it is none. */
function fieldsOf(row: string, delimiter: string): readonly string[] | null {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < MOST_COLUMNS) {
    let field = "";
    if (row.charAt(at) === '"') {
      for (;;) {
        const quote = row.indexOf('"', at + 1);
        if (quote < 0) return null;
        field += row.slice(at + 1, quote);
        at = quote + 1;
        if (row.charAt(at) !== '"') break;
        field += '"';
      }
      if (at < row.length && row.charAt(at) !== delimiter) return null;
    } else {
      const end = row.indexOf(delimiter, at);
      field = row.slice(at, end < 0 ? row.length : end);
      at = end < 0 ? row.length : end;
    }
    fields.push(field);
    if (at >= row.length) return fields;
    at++;
  }
  return null;
}
