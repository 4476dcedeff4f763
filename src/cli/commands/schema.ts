import { Argument } from "commander";
import { schemaNames, type SchemaName } from "../../render/formats.ts";
import { jsonDocument } from "../../render/words/json.ts";
import { write } from "../io/output.ts";
import type { AddCommand } from "./command.ts";

/** `splat-triage schema [WHAT]` */
export const addSchema: AddCommand = (parent, { terminal }) => {
  parent
    .command("schema")
    .description("print the JSON Schema of the JSON output")
    .addArgument(
      new Argument(
        "[what]",
        "reports (the json format), boot (a line of --boots), or what another command writes",
      )
        .choices(schemaNames())
        .default("reports"),
    )
    .action(async (what: SchemaName) => {
      const { jsonSchema } = await import("../schemas.ts");
      for (const part of jsonDocument(jsonSchema(what))) await write(terminal.stdout, part);
    });
};
