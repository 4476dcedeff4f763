import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a licence is called where it lies beside a package. */
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** What a package holds of another's, which has no package of its own. */
const WITHIN = {
  "@viz-js/viz": [
    "It holds Graphviz (https://graphviz.org), which is licensed under the Eclipse Public License 2.0:",
    "https://www.eclipse.org/legal/epl-2.0/. Its source is at https://gitlab.com/graphviz/graphviz.",
    "And Expat (https://libexpat.github.io), under the MIT licence.",
  ],
};

/**
 * The licences of everything that was bundled.
 *
 * @param {string} root of the checkout
 * @param {Iterable<string>} inputs paths of the bundled files, as esbuild's metafiles have them
 */
export function noticesOf(root, inputs) {
  const names = new Set();
  for (const path of inputs) {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    if (name !== undefined) names.add(name);
  }
  const entries = [...names]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => {
      const directory = join(root, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      const texts = (existsSync(directory) ? readdirSync(directory) : [])
        .filter((file) => LICENCE.test(file))
        .toSorted((a, b) => (a < b ? -1 : 1))
        .map((file) => readFileSync(join(directory, file), "utf8").trim());
      const said = texts.length > 0 ? texts : ["(The package names its licence, and has no text of it.)"];
      return [`${name} ${version} (${license})`, ...(WITHIN[name] ?? []), ...said].join("\n\n");
    });
  const rule = `\n\n${"-".repeat(76)}\n\n`;
  return `${["splat-triage holds code of these packages.", ...entries].join(rule)}\n`;
}
