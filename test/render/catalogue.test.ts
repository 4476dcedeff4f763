import { expect, test } from "vitest";
import { catalogue } from "../../src/catalogue/listing.ts";
import { renderCatalogue } from "../../src/render/catalogue/table.ts";

const PAPER = { width: 80, color: false };

test("an entry says what it stands for, since which commit, and where the kernel defines it", () => {
  expect(renderCatalogue(catalogue("slab_mutex"), PAPER).split("\n\n")[0]).toMatchInlineSnapshot(`
    "slab_mutex
      mm, lock
      slab_mutex
      Guards the list of slab caches; making and destroying one takes it, as do the
        callbacks of CPU and memory hotplug.
      defined in mm/slab_common.c
    "
  `);
});

test("a commit that made an entry's alarms go away is told as one that fixes", () => {
  const { annotations } = catalogue("92ec07677107");
  expect(annotations.length).toBeGreaterThan(0);
  for (const { commits } of annotations)
    expect(commits).toContainEqual(expect.objectContaining({ sha: "92ec07677107", role: "fixes" }));
});

test("nothing found is said", () => {
  expect(renderCatalogue(catalogue("zzzz"), PAPER)).toBe(
    "no annotation fits that; `splat-triage catalogue` lists all\n",
  );
});
