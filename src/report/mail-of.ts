import type { Mail, Report, Source } from "./schema.ts";

/** The mail in which a report stands: that of the boot of which its lines are. */
export function mailOf(
  sources: readonly Source[],
  { source, lines }: Pick<Report, "source" | "lines">,
): Mail | undefined {
  return sources[source]?.boots.findLast((boot) => boot.lines.first <= lines.first)?.mail;
}
