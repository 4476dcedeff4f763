// Declarations of the library that stand alone: what tsc gives, but for the schemas, whose types zod infers. Those are
// written out, so that whoever uses the library needs neither zod nor the version of TypeScript that zod asks for.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const WRITTEN_OUT = "schemas.d.ts";

/** A JSON Schema, as z.toJSONSchema() makes it of our schemas, as TypeScript. */
function typeOf(schema) {
  if (schema.$ref !== undefined) return schema.$ref;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return either.map(typeOf).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((one) => `(${typeOf(one)})`).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeOf).join(", ")}]`;
      return `(${typeOf(schema.items ?? {})})[]`;
    case "object":
      return objectOf(schema);
    default:
      return "unknown";
  }
}

function objectOf({ properties = {}, required = [], additionalProperties, propertyNames }) {
  if (typeof additionalProperties === "object" && Object.keys(properties).length === 0) {
    const key = propertyNames === undefined ? "string" : typeOf(propertyNames);
    const record = `Record<${key}, ${typeOf(additionalProperties)}>`;
    return propertyNames === undefined || required.length > 0 ? record : `Partial<${record}>`;
  }
  const lines = Object.entries(properties).map(([name, value]) => {
    const comment =
      value.description === undefined ? "" : `/** ${value.description.replaceAll("*/", "* /")} */\n`;
    return required.includes(name)
      ? `${comment}${JSON.stringify(name)}: ${typeOf(value)};`
      : `${comment}${JSON.stringify(name)}?: ${typeOf(value)} | undefined;`;
  });
  return `{\n${lines.join("\n")}\n}`;
}

/** The statements of a declaration file, each with its comment. */
function statementsOf(text) {
  return text.split(/\n(?=(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?(?:export|declare|import|type|interface)\b)/);
}

/** Every declaration that index.d.ts leads to, by its path below `directory`. */
function reachable(directory) {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const text = readFileSync(join(directory, path), "utf8");
    files.set(path, text);
    for (const [, , to] of text.matchAll(/(from|import)\s*\(?"(\.{1,2}\/[^"]+)\.ts"/g))
      visit(join(dirname(path), `${to}.d.ts`));
  };
  visit("src/index.d.ts");
  return files;
}

/** The schemas that modules export, by name; zod itself comes with them, for each bundle has its own. */
async function schemasOf(root, modules, directory) {
  const out = join(directory, "schemas.mjs");
  await build({
    stdin: {
      contents: [
        'export * as z from "zod";',
        ...modules.map(
          (path, i) => `export * as m${i} from ${JSON.stringify(`./${path.replace(/\.d\.ts$/, ".ts")}`)};`,
        ),
      ].join("\n"),
      resolveDir: root,
    },
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: out,
    logLevel: "warning",
  });
  const { z, ...exported } = await import(pathToFileURL(out).href);
  const registry = z.registry();
  for (const module of Object.values(exported))
    for (const [name, value] of Object.entries(module))
      if (value instanceof z.ZodType) registry.add(value, { id: name });
  return z.toJSONSchema(registry, { io: "output", unrepresentable: "any", uri: (id) => id }).schemas;
}

/**
 * Writes the declarations.
 *
 * @param {string} root the checkout
 * @param {string[]} directories where `src/index.d.ts` and what it needs are put
 */
export async function writeTypes(root, directories) {
  const work = mkdtempSync(join(tmpdir(), "splat-triage-types-"));
  try {
    const tsc = join(
      dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
      "bin",
      "tsc",
    );
    execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", work], {
      cwd: root,
      stdio: "inherit",
    });
    const files = reachable(work);
    const modules = [...files].filter(([, text]) => /from "zod"/.test(text)).map(([path]) => path);
    const schemas = await schemasOf(root, modules, work);
    for (const path of modules) {
      const names = [];
      const left = statementsOf(files.get(path)).filter((statement) => {
        const name = /^(?:\/\*\*[^]*?\*\/\n)?export (?:declare const|type) (\w+)\b/.exec(statement)?.[1];
        if (name !== undefined && name in schemas) names.push(name);
        if (/from "zod"/.test(statement) || (name !== undefined && name in schemas)) return false;
        // schemas that are part of others
        return !/^(?:\/\*\*[^]*?\*\/\n)?declare const \w+: z\./.test(statement);
      });
      const inferred = left.find((statement) => /\bz\.\w/.test(statement));
      if (inferred !== undefined) throw new Error(`${path}: export the schema of this type:\n${inferred}`);
      const list = [...new Set(names)].join(", ");
      const from = relative(dirname(path), WRITTEN_OUT).replace(/\.d\.ts$/, ".ts");
      const lines = [`import type { ${list} } from "${from}";`, `export type { ${list} };`];
      files.set(path, [...lines, ...left].join("\n"));
    }
    const declared = Object.entries(schemas).map(
      ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
    );
    files.set(WRITTEN_OUT, declared.join("\n"));
    for (const directory of directories)
      for (const [path, text] of files) {
        const to = join(directory, path);
        mkdirSync(dirname(to), { recursive: true });
        writeFileSync(to, text.replaceAll(/((?:from|import)\s*\(?"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
      }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
