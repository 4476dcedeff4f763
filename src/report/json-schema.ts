import * as z from "zod";
import { Document } from "./schema.ts";

/** The JSON Schema (draft 2020-12) of what `-f json` writes, made from the types themselves. */
export function documentSchema(): object {
  return { title: "splat-triage/1", ...z.toJSONSchema(Document, { target: "draft-2020-12" }) };
}
