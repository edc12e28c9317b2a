import { expect, test } from "vitest";
import { z } from "zod";
import { commands } from "../commands/index.js";
import { flagsOfSchema } from "../options/option-flags.js";
import { plain } from "../terminal/style.js";
import { definePlainCommand } from "./command.js";
import { choiceFlag, switchFlag } from "./flag.js";
import { commandHelp, programHelp } from "./help.js";

const layout = { width: 80, style: plain };

const greet = definePlainCommand({
  name: "greet",
  summary: "Say hello",
  description: "Says hello to someone.",
  arguments: [{ name: "NAME", summary: "Whom to greet", optional: true }],
  flags: {
    loudVoice: switchFlag({ summary: "In capitals" }),
    language: choiceFlag({
      choices: ["en", "nl"],
      summary: "In which language",
      defaultText: "en",
    }),
  },
  examples: [{ line: "beamline greet Ann", does: "Greet Ann" }],
  nextSteps: [{ line: "beamline leave", does: "say goodbye" }],
  run: async () => 0,
});

test("commandHelp shows usage, arguments, flags with defaults, examples and what is next", () => {
  const help = commandHelp(greet, layout);
  expect(help.split("\n\n").slice(0, 4)).toEqual([
    "beamline greet: Say hello",
    "Usage\n  beamline greet [NAME] [FLAGS]",
    "Says hello to someone.",
    "Arguments\n  NAME  Whom to greet",
  ]);
  expect(help).toContain("  --language en|nl  In which language (default: en)");
  expect(help).toContain("  --loud-voice      In capitals");
  expect(help).toContain("Examples\n  beamline greet Ann\n      Greet Ann");
  expect(help).toContain("Next\n  beamline leave\n      say goodbye");
});

test("commandHelp puts the pipeline's flags first and says how to reach contested ones", () => {
  const run = commands.find(({ name }) => name === "run");
  if (run === undefined) throw new Error("there is no run command");
  const schema = z.object({ input: z.string().describe("Files"), workers: z.int().default(1) });
  const about = {
    file: "count.ts",
    name: "count",
    description: "Counts.",
    flags: flagsOfSchema(schema),
  };
  const help = commandHelp(run, layout, about);
  expect(help).toContain("Usage\n  beamline run count.ts --input TEXT [FLAGS]");
  expect(help).toContain("Pipeline count\n  Counts.\n\n  --input TEXT       Files (required)");
  expect(help.replaceAll(/\s+/g, " ")).toContain(
    'The command has --workers too: write the pipeline\'s after a "--", as in: -- --workers ...',
  );
});

test("programHelp lists every command and exit code", () => {
  const help = programHelp(commands, layout);
  for (const { name, summary } of commands) expect(help).toMatch(new RegExp(`${name} +${summary}`));
  expect(help).toMatch(/130 +cancelled by Ctrl-C/);
});

test("help fits its width", () => {
  const texts = [
    programHelp(commands, layout),
    ...commands.map((each) => commandHelp(each, layout)),
  ];
  const long = texts.flatMap((text) => text.split("\n")).filter((line) => line.length > 80);
  expect(long).toEqual([]);
});
