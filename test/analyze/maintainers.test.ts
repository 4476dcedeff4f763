import { describe, expect, test } from "vitest";
import { Maintainers } from "../../src/analyze/maintainers.ts";
import { isLinear } from "../support/growth.ts";

const TEXT = `List of maintainers
===================

	M: *Mail* patches to: FullName <address@domain>
	F: *Files* and directories wildcard patterns.

Maintainers List
----------------

ETHERNET CARDS
M:	Ada <ada@example.org>
R:	Bob <bob@example.org>
M:	"C. D." <cd@example.org>
L:	netdev@vger.example.org
L:	lan@example.org (moderated for non-subscribers)
L:	secret@example.org (subscribers-only)
S:	Supported
T:	git git://example.org/net.git

# a comment and an empty line end nothing
F:	drivers/net/
F:	include/linux/*net*.h
X:	drivers/net/old/

ONE CARD
M:	Eve <eve@example.org>
S:	Odd Fixes
F:	drivers/net/card/one*.[ch]
F:	drivers/net/card/da7???-[0-9].c

ANY TOP LEVEL
S:	Orphan
F:	*/net/*

DIRECTORY WITHOUT SLASH
F:	kernel/locking

ONE LEVEL
F:	mm/*

NAMED
L:	named@example.org
N:	[^a-z]tegra
N:	(?broken

THE REST
M:	Linus <linus@example.org>
L:	linux-kernel@example.org
S:	Buried alive in reporters
F:	*
F:	*/
`;

const MAINTAINERS = new Maintainers(TEXT);

function names(...paths: readonly string[]): string[] {
  return MAINTAINERS.of(paths).map(({ section }) => section);
}

test("a section has its status, its people, its lists and its trees", () => {
  expect(MAINTAINERS.size).toBe(7);
  expect(MAINTAINERS.of(["drivers/net/x/y.c"])).toEqual([
    {
      section: "ETHERNET CARDS",
      status: "Supported",
      people: ["Ada <ada@example.org>", '"C. D." <cd@example.org>', "Bob <bob@example.org>"],
      lists: ["netdev@vger.example.org", "lan@example.org"],
      trees: ["git git://example.org/net.git"],
    },
  ]);
  expect(MAINTAINERS.of(["kernel/locking/mutex.c"])[0]).toMatchObject({
    status: null,
    people: [],
    lists: [],
  });
});

describe("a file belongs to", () => {
  test.each([
    ["all that is below a directory, the most specific first", "drivers/net/card/one.c"],
    ["a set of characters", "drivers/net/card/one-more.h"],
    ["question marks and a range", "drivers/net/card/da7abc-3.c"],
  ])("%s", (_what, path) => {
    expect(names(path)).toEqual(["ONE CARD", "ETHERNET CARDS"]);
  });

  test.each([
    ["a set that does not fit", "drivers/net/card/one.S", ["ETHERNET CARDS"]],
    ["a range that does not fit", "drivers/net/card/da7abc-x.c", ["ETHERNET CARDS"]],
    ["what is excluded", "drivers/net/old/a.c", ["THE REST"]],
    ["a star in the middle", "include/linux/if_netdev.h", ["ETHERNET CARDS"]],
    ["a star does not go deeper", "mm/kasan/report.c", ["THE REST"]],
    ["a star", "mm/slub.c", ["ONE LEVEL"]],
    ["a directory without a slash", "kernel/locking/mutex.c", ["DIRECTORY WITHOUT SLASH"]],
    ["not its namesakes", "kernel/lock.c", ["THE REST"]],
    ["any top level directory, as little as the rest", "sound/net/x.c", ["THE REST", "ANY TOP LEVEL"]],
    ["a name", "arch/arm/mach-tegra/x.c", ["NAMED"]],
    ["not the end of another name", "arch/arm/integrator/x.c", ["THE REST"]],
    ["nothing", "", ["THE REST"]],
  ])("%s", (_what, path, expected) => {
    expect(names(path).toSorted()).toEqual(expected.toSorted());
  });

  test("several files: those of the first come first, the rest only alone", () => {
    expect(names("mm/slub.c", "drivers/net/card/one.c", "lib/x.c")).toEqual([
      "ONE LEVEL",
      "ONE CARD",
      "ETHERNET CARDS",
    ]);
    expect(names("lib/x.c", "lib/y.c")).toEqual(["THE REST"]);
    expect(names()).toEqual([]);
  });
});

test("stars take time in line with the path's length", () => {
  const starred = new Maintainers(`A\nF:\t${"*a".repeat(200)}b\n`);
  expect(starred.of(["a".repeat(512)])).toEqual([]);
  expect(isLinear(100, (size) => () => starred.of(["a".repeat(size)]))).toBe(true);
});

test("no file, no section", () => {
  expect(new Maintainers("").size).toBe(0);
  expect(new Maintainers("just\nwords\n").of(["a.c"])).toEqual([]);
});
