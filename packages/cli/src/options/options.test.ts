import type { OptionsSchema } from "beamline";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseArguments } from "../command/parse-args.js";
import { flagsOfSchema } from "./option-flags.js";
import { readOptions } from "./read-options.js";

function read(schema: OptionsSchema, argv: readonly string[]) {
  const flags = flagsOfSchema(schema);
  const parsed = parseArguments(argv, { own: [], pipeline: flags });
  const { raw, missing, problems } = readOptions(schema, flags, parsed.values);
  return {
    raw,
    missing: missing.map(({ name }) => name),
    problems: [...parsed.problems, ...problems].map((each) => `${each.subject}: ${each.message}`),
  };
}

const everything = z.object({
  text: z.string(),
  maxItems: z.int(),
  ratio: z.number(),
  big: z.bigint(),
  verboseLog: z.boolean(),
  mode: z.enum(["fast", "slow"]),
  level: z.union([z.literal(1), z.literal(2), z.literal("max")]),
  names: z.array(z.string()),
  counts: z.array(z.number()),
  day: z.date(),
  coerced: z.coerce.number(),
  none: z.string().nullable(),
  size: z.union([z.number(), z.string()]),
  retry: z.object({ times: z.int(), delay: z.object({ firstMs: z.int() }) }),
  table: z.record(z.string(), z.number()),
});

test("readOptions turns flags into the values that the schema expects", () => {
  const argv = [
    ...["--text", "a b", "--max-items", "3", "--ratio=-0.5", "--big", "9007199254740993"],
    ...["--no-verbose-log", "--mode", "slow", "--level", "2", "--names", "x", "--names", "y"],
    ...["--counts=1", "--counts=2", "--day", "2026-01-31", "--coerced", "7", "--none", "null"],
    ...["--size", "12", "--retry.times", "4", "--retry.delay.first-ms", "5", "--table", '{"a":1}'],
  ];
  expect(read(everything, argv)).toEqual({
    raw: {
      text: "a b",
      maxItems: 3,
      ratio: -0.5,
      big: 9007199254740993n,
      verboseLog: false,
      mode: "slow",
      level: 2,
      names: ["x", "y"],
      counts: [1, 2],
      day: new Date("2026-01-31"),
      coerced: 7,
      none: null,
      size: 12,
      retry: { times: 4, delay: { firstMs: 5 } },
      table: { a: 1 },
    },
    missing: [],
    problems: [],
  });
});

test("readOptions names every required option that is missing, nested ones too", () => {
  expect(read(everything, []).missing).toEqual([
    ...["text", "max-items", "ratio", "big", "verbose-log", "mode", "level", "names", "counts"],
    ...["day", "coerced", "none", "size", "retry.times", "retry.delay.first-ms", "table"],
  ]);
});

test("readOptions reports all wrong values at once, each once", () => {
  const schema = z.object({
    n: z.int().min(1),
    when: z.date(),
    mode: z.enum(["fast", "slow"]),
    tags: z.array(z.string().max(2)).default([]),
    json: z.record(z.string(), z.number()).optional(),
  });
  const argv = ["--n=0", "--when=today", "--mode=fsat", "--tags=ab", "--tags=abc", "--json={"];
  expect(read(schema, argv).problems).toEqual([
    "--when today: not a date; write 2026-01-31 or 2026-01-31T12:00:00Z",
    "--mode fsat: not one of fast or slow; did you mean fast?",
    expect.stringMatching(/^--json "\{": not JSON: /),
    expect.stringMatching(/^--n 0: too small/),
    expect.stringMatching(/^--tags abc: too big/),
  ]);
});

test("readOptions leaves out what is optional, also inside optional objects", () => {
  const schema = z.object({
    a: z.string().optional(),
    b: z.number().default(2),
    c: z.object({ d: z.string() }).optional(),
  });
  expect(read(schema, [])).toEqual({ raw: {}, missing: [], problems: [] });
  expect(read(schema, ["--c.d", "x"]).raw).toEqual({ c: { d: "x" } });
});

test("readOptions shows a problem of the options as a whole", () => {
  const schema = z
    .object({ a: z.int(), b: z.int() })
    .refine(({ a, b }) => a < b, { error: "a must be below b" });
  expect(read(schema, ["--a=2", "--b=1"]).problems).toEqual(["options: a must be below b"]);
});

test("flagsOfSchema tells help what the schema says", () => {
  const schema = z.object({
    input: z.string().describe("Files to read"),
    dryRun: z.boolean().default(false),
    tags: z.array(z.string()).default(["a", "b"]).describe("Labels"),
    limit: z.int().describe("At most").optional(),
    mode: z.enum(["x", "y"]).default("x"),
  });
  expect(
    flagsOfSchema(schema).map(({ name, kind, summary, required, defaultText, placeholder }) =>
      [name, kind, summary, required, defaultText, placeholder].join(" | "),
    ),
  ).toEqual([
    "input | value | Files to read | true |  | TEXT",
    "dry-run | switch |  | false | false | true|false",
    "tags | value | Labels | false | a, b | TEXT",
    "limit | value | At most | false |  | INTEGER",
    "mode | value |  | false | x | x|y",
  ]);
});
