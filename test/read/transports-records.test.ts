import { describe, expect, test } from "vitest";
import type { Line } from "../../src/read/line.ts";
import { createLineDecoder } from "../../src/read/transports/index.ts";

function decode(...physical: string[]): Line[] {
  const decoder = createLineDecoder();
  const lines = physical.flatMap((raw, index) => [...decoder.push(raw, index + 1)]);
  return [...lines, ...decoder.flush()].map(
    ({ bare: _bare, columns: _columns, host: _host, ...line }) => line,
  );
}

/** A line of `journalctl -o json`. */
function record(fields: object): string {
  return JSON.stringify({ _TRANSPORT: "kernel", ...fields });
}

/** A field with its length in front, as the lines of a file whose bytes were no UTF-8. */
function binary(key: string, value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  const head = [...length].map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc80 + byte)).join("");
  return [key, ...(head + value).split("\n")];
}

describe("records of several lines", () => {
  test("dmesg indents them as wide as the prefix", () => {
    const lines = decode(
      "[    6.320405] [   T41] ",
      "                        and this task is already holding:",
      "                          indented by the kernel",
      "[    6.320651] [   T41] next",
    );
    expect(lines).toEqual([
      { number: 1, text: "", time: 6.320405, caller: "T41", transport: "dmesg" },
      {
        number: 2,
        text: "and this task is already holding:",
        time: 6.320405,
        caller: "T41",
        transport: "dmesg",
      },
      { number: 3, text: "  indented by the kernel", time: 6.320405, caller: "T41", transport: "dmesg" },
      { number: 4, text: "next", time: 6.320651, caller: "T41", transport: "dmesg" },
    ]);
  });

  test("older dmesg and raw syslog files do not", () => {
    expect(decode("[Sun Nov 22 12:15:14 2026] one", " two", "", "three")).toMatchObject([
      { text: "one" },
      { text: " two", transport: "dmesg-ctime" },
      { text: "", transport: "dmesg-ctime" },
      { text: "three", transport: "dmesg-ctime" },
    ]);
  });

  test("under a quote or a runner's stamp the indentation is the record's alone", () => {
    expect(decode("> > [    6.320405] ", "> >                and this")[1]).toMatchObject({
      text: "and this",
      time: 6.320405,
      transport: "email",
    });
    expect(
      decode(
        "2026-11-22T12:20:06.1234567Z [    6.320405] a",
        "2026-11-22T12:20:06.1234567Z                 b",
      )[1],
    ).toMatchObject({ text: " b", time: 6.320405, transport: "ci" });
  });

  test("a console with callers prefixes every line: others are nobody's", () => {
    expect(decode("[    6.320405][   T41] one", "executing program 1:")[1]).toEqual({
      number: 2,
      text: "executing program 1:",
      time: null,
      caller: null,
      transport: "plain",
    });
  });

  test("a record ends: printk's hold 1024 characters", () => {
    const physical = Array.from({ length: 60 }, () => "x".repeat(40));
    const lines = decode("[    6.320405] one", ...physical);
    expect(lines[10]).toMatchObject({ time: 6.320405 });
    expect(lines.at(-1)).toMatchObject({ time: null, transport: "plain" });
  });

  test("the other lines of another program's record are dropped with it", () => {
    const lines = decode(
      "Nov 22 12:20:06 testbox systemd-coredump[9]: Process 7 dumped core.",
      "                                             #0 0x1 main",
      "Nov 22 12:20:06 testbox kernel: text",
    );
    expect(lines.map((line) => line.text)).toEqual(["text"]);
  });
});

test("the other lines of a program's record end where a line stands at the left edge", () => {
  const lines = decode(
    "Nov 22 12:20:06 virtio_blk virtio0: 1/0/0 default/read/poll queues",
    "Nov 22 12:20:06 stack backtrace:",
    "Nov 22 12:20:06                                lock(lock_a);",
  );
  expect(lines.map((line) => line.text)).toEqual([
    "stack backtrace:",
    "                               lock(lock_a);",
  ]);
});

describe("console or dmesg", () => {
  test("printk stamps the blank line of a record and the next one alike", () => {
    const lines = decode("[    6.32] ", "[    6.32] and this", "[    6.33] next");
    expect(lines.map((line) => line.transport)).toEqual(["console", "console", "console"]);
  });

  test("dmesg leaves a blank line bare", () => {
    const lines = decode("[    6.31] a", "", "[    6.32] and this");
    expect(lines.map((line) => line.transport)).toEqual(["console", "dmesg", "dmesg"]);
  });
});

describe("JSON", () => {
  test("journald, the source's time before the journal's", () => {
    expect(
      decode(
        record({
          MESSAGE: "\nand this:",
          __MONOTONIC_TIMESTAMP: "6400000",
          _SOURCE_MONOTONIC_TIMESTAMP: "6320405",
        }),
        record({ MESSAGE: " text", __MONOTONIC_TIMESTAMP: "6400000" }),
      ),
    ).toEqual([
      { number: 1, text: "", time: 6.320405, caller: null, transport: "journal-json" },
      { number: 1, text: "and this:", time: 6.320405, caller: null, transport: "journal-json" },
      { number: 2, text: " text", time: 6.4, caller: null, transport: "journal-json" },
    ]);
  });

  test("a message as bytes", () => {
    // ESC [ 1 m, "lock ä", newline, "b"
    const bytes = [27, 91, 49, 109, 108, 111, 99, 107, 32, 195, 164, 10, 98];
    expect(decode(record({ MESSAGE: bytes })).map((line) => line.text)).toEqual(["lock ä", "b"]);
  });

  test("other programs, and messages too long to be printed", () => {
    expect(decode(record({ _TRANSPORT: "journal", MESSAGE: "Started" }), record({ MESSAGE: null }))).toEqual(
      [],
    );
  });

  test("json-seq and json-sse", () => {
    expect(
      decode(`\u001e${record({ MESSAGE: "a" })}`, `data: ${record({ MESSAGE: "b" })}`, ""),
    ).toMatchObject([{ text: "a" }, { text: "b" }, { text: "" }]);
  });

  test("json-pretty: a record may name its time last", () => {
    const lines = decode(
      "{",
      '\t"_TRANSPORT" : "kernel",',
      '\t"MESSAGE" : "a \\"b\\"\\tc",',
      '\t"_SOURCE_MONOTONIC_TIMESTAMP" : "6320405"',
      "}",
      "{",
      '\t"MESSAGE" : [',
      "\t\t10,",
      "\t\t98",
      "\t],",
      '\t"PRIORITY" : "4"',
      "}",
    );
    expect(lines.filter((line) => line.transport !== "plain")).toEqual([
      { number: 3, text: 'a "b"\tc', time: 6.320405, caller: null, transport: "journal-json" },
      { number: 7, text: "", time: null, caller: null, transport: "journal-json" },
      { number: 7, text: "b", time: null, caller: null, transport: "journal-json" },
    ]);
  });

  test("dmesg -J from the middle, and a brace of the kernel's after it", () => {
    const lines = decode(
      '         "time":    6.320405,',
      '         "caller": "T41",',
      '         "msg": "\\n }"',
      "      }",
      "   ]",
      "}",
      "[    7.1][    C1]  }",
      " }",
    );
    expect(lines).toMatchObject([
      { number: 3, text: "", time: 6.320405, caller: "T41" },
      { number: 3, text: " }", time: 6.320405, caller: "T41" },
      { number: 7, text: " }", time: 7.1, caller: "C1", transport: "console" },
      { number: 8, text: " }", transport: "plain" },
    ]);
  });

  test("dmesg -J, one record a line", () => {
    expect(decode('{"pri":4,"time":6.32,"caller":"T41","msg":" text"}')).toEqual([
      { number: 1, text: " text", time: 6.32, caller: "T41", transport: "dmesg-json" },
    ]);
  });

  test("Docker's and LAVA's files", () => {
    expect(
      decode(
        '{"log":"[    6.3][   T41] text\\n","stream":"stdout","time":"2026-11-22T12:20:06Z"}',
        '- {"dt": "2026-11-22T12:20:06.3", "lvl": "debug", "msg": "waiting"}',
        '- {"dt": "2026-11-22T12:20:06.3", "lvl": "target", "msg": "[    6.4]  text"}',
        // of another console of the board
        '- {"dt": "2026-11-22T12:20:06.3", "lvl": "feedback", "msg": "[    6.5] more"}',
      ),
    ).toEqual([
      { number: 1, text: "text", time: 6.3, caller: "T41", transport: "ci" },
      { number: 3, text: " text", time: 6.4, caller: null, transport: "lava" },
      { number: 4, text: "more", time: 6.5, caller: null, transport: "lava" },
    ]);
  });
});

describe("journal export", () => {
  test.each([
    ["an escape in the length (27 bytes)", `a\n${"b".repeat(25)}`],
    ["a quote", "\nand this task is already holding:"],
    ["a newline in the length (10 bytes)", "a\nbcdefghi"],
    ["two bytes of length, the first no UTF-8 (200 bytes)", `${"a".repeat(100)}\n${"b".repeat(99)}`],
    ["a newline as second byte (2561 bytes)", `${"a".repeat(1280)}\n${"b".repeat(1280)}`],
    ["letters of several bytes", "ä€😀\nb"],
    ["what looks like a field", "a\nMESSAGE=b\n_X=c"],
  ])("binary message: %s", (_name, value) => {
    const lines = decode(
      "__CURSOR=s=1",
      "__MONOTONIC_TIMESTAMP=7000000",
      ...binary("MESSAGE", value),
      "_TRANSPORT=kernel",
      "_SOURCE_MONOTONIC_TIMESTAMP=6320405",
      "",
      "[    9.1] after",
    );
    expect(lines.map((line) => line.text)).toEqual([...value.split("\n"), "after"]);
    expect(lines[0]).toMatchObject({ time: 6.320405, transport: "journal-export" });
    expect(lines.at(-1)).toMatchObject({ time: 9.1, transport: "console" });
  });

  test("bytes that are no UTF-8 may also come as Python writes them", () => {
    const [, head = "", ...rest] = binary("MESSAGE", `${"a".repeat(199)}\nb`);
    const surrogate = String.fromCharCode(0xdc00 + 201) + head.slice(1);
    expect(decode("MESSAGE", surrogate, ...rest, "").map((line) => line.text)).toEqual([
      "a".repeat(199),
      "b",
    ]);
  });

  test("other fields and other programs say nothing", () => {
    const lines = decode(
      "_HOSTNAME=testbox",
      "_TRANSPORT=kernel",
      ...binary("COREDUMP", "x\ny"),
      "MESSAGE= text=1",
      "",
      "_TRANSPORT=syslog",
      "MESSAGE=Started",
      "",
    );
    expect(lines).toMatchObject([{ text: " text=1", number: 6 }]);
  });

  test("the word MESSAGE is kernel text where no length follows", () => {
    const texts = decode("MESSAGE", "stack backtrace:").map((line) => line.text);
    expect(texts).toContain("stack backtrace:");
  });

  test("verbose", () => {
    const lines = decode(
      "Sun 2026-11-22 12:20:06.320405 UTC [s=7b55;i=2f;b=0123;m=607115;t=660d;x=c7d5]",
      "    _TRANSPORT=kernel",
      "    MESSAGE=",
      "            and this task is already holding:",
      "    _SOURCE_MONOTONIC_TIMESTAMP=6320405",
      "Sun 2026-11-22 12:20:07.320405 UTC [s=7b55;i=30;b=0123;m=607115;t=660d;x=c7d5]",
      "    MESSAGE= (raw_a)",
    );
    expect(lines).toEqual([
      { number: 3, text: "", time: 6.320405, caller: null, transport: "journal-export" },
      {
        number: 4,
        text: "and this task is already holding:",
        time: 6.320405,
        caller: null,
        transport: "journal-export",
      },
      { number: 7, text: " (raw_a)", time: null, caller: null, transport: "journal-export" },
    ]);
  });
});

describe("/dev/kmsg and netconsole", () => {
  test("the dictionary is no kernel text", () => {
    expect(
      decode(
        "6,1,1758426,-;usb 1-1: text",
        " SUBSYSTEM=usb",
        " DEVICE=c189:1",
        "6,2,1758427,-; SUBSYSTEM=x",
      ).map((line) => line.text),
    ).toEqual(["usb 1-1: text", " SUBSYSTEM=x"]);
  });

  test("fragments become one message", () => {
    expect(
      decode(
        "4,416,1758426,-,caller=T41,ncfrag=0/36;the first chunk, ",
        "4,416,1758426,-,caller=T41,ncfrag=17/36;the 2nd chunk.\\x0a",
        "4,417,1758427,-,caller=T41;next",
      ),
    ).toMatchObject([
      {
        number: 1,
        text: "the first chunk, the 2nd chunk.",
        time: 1.758426,
        caller: "T41",
        transport: "netconsole",
      },
      { number: 1, text: "" },
      { number: 3, text: "next", transport: "kmsg" },
    ]);
  });

  test("fragments whose rest was lost come alone", () => {
    expect(
      decode("4,416,1,-,ncfrag=0/33;the first", "4,418,2,-,ncfrag=0/9;another", "4,419,3,-;next").map(
        (l) => l.text,
      ),
    ).toEqual(["the first", "another", "next"]);
  });
});

describe("GitLab", () => {
  const at = "2026-11-22T12:20:06.123456Z";

  test("pieces of one line are joined", () => {
    expect(
      decode(
        `${at} 00O [    6.3][   T41] init/41 is `,
        `${at} 00O+trying to acquire lock:`,
        `${at} 00O [    6.4] b`,
      ),
    ).toEqual([
      { number: 1, text: "init/41 is trying to acquire lock:", time: 6.3, caller: "T41", transport: "ci" },
      { number: 3, text: "b", time: 6.4, caller: null, transport: "ci" },
    ]);
  });

  test("what was held comes before a line of another kind", () => {
    expect(decode(`${at} 00O one`, "[    6.4][    C0] two").map((line) => line.text)).toEqual(["one", "two"]);
  });
});

describe("one log of several kinds", () => {
  test("every line is recognised by itself", () => {
    const lines = decode(
      "[    6.3][   T41] console",
      "> Nov 22 12:20:06 testbox kernel: [    6.4] quoted syslog",
      JSON.stringify({ MESSAGE: "json", _TRANSPORT: "kernel" }),
      "4,247,6500000,-;kmsg",
      "__CURSOR=s=1",
      "MESSAGE=export",
      "[    6.6][   T41] console",
    );
    expect(lines.map(({ text, transport }) => [text, transport])).toEqual([
      ["console", "console"],
      ["quoted syslog", "email"],
      ["json", "journal-json"],
      ["kmsg", "kmsg"],
      ["export", "journal-export"],
      ["console", "console"],
    ]);
  });

  test("a carriage return inside a line parts it", () => {
    expect(decode("Loading... 100%\r[    0.000000] Linux version 6.12.117\r\r")).toMatchObject([
      { number: 1, text: "Loading... 100%" },
      { number: 1, text: "Linux version 6.12.117", time: 0 },
    ]);
  });
});
