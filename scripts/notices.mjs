import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);

/** The text of a licence that lies beside nothing. */
function textOf(license) {
  return require(`spdx-license-list/licenses/${license}.json`).licenseText.trim();
}

/** What a licence is called where it lies beside a package. */
const LICENCE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** What a package holds of another's, which has no package of its own. */
const WITHIN = {
  "@viz-js/viz": [
    "It holds Graphviz (https://graphviz.org), which is licensed under the Eclipse Public License 2.0:",
    "https://www.eclipse.org/legal/epl-2.0/. Its source is at https://gitlab.com/graphviz/graphviz.",
    textOf("EPL-2.0"),
    "And Expat (https://libexpat.github.io), under the MIT licence, of these holders:",
    "Copyright (c) 1998-2000 Thai Open Source Software Center Ltd and Clark Cooper\nCopyright (c) 2001-2026 Expat maintainers",
    textOf("MIT"),
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
      const said =
        texts.length > 0
          ? texts
          : [`The package has no text of its licence, which is:\n\n${textOf(license)}`];
      return [`${name} ${version} (${license})`, ...(WITHIN[name] ?? []), ...said].join("\n\n");
    });
  const rule = `\n\n${"-".repeat(76)}\n\n`;
  return `${["splat-triage holds code of these packages.", ...entries].join(rule)}\n`;
}
