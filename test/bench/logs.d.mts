export interface WantedLog {
  /** At least, ended with the line. */
  readonly bytes: number;
  /** One report in so many bytes. */
  readonly every?: number;
  /** So many reports in all. */
  readonly reports?: number;
  /** One report alone, with so many frames in its last stack. */
  readonly frames?: number;
  readonly style?: "caller" | "plain";
  /** Reports that come again have other values, or are other bugs; else they are the same. */
  readonly differ?: "values" | "all";
  readonly seed?: number;
}

export function logOf(wanted: WantedLog): Generator<string>;
