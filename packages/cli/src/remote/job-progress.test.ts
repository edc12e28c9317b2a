import { expect, test } from "vitest";
import type { Output } from "../terminal/cli.js";
import { plain } from "../terminal/style.js";
import { Terminal } from "../terminal/terminal.js";
import { JobProgress } from "./job-progress.js";
import type { RemoteRun } from "./remote-run.js";

function progressOn(
  isTerminal: boolean,
  flags: { readonly progress?: RemoteRun["flags"]["progress"] } = {},
  columns = 80,
) {
  const written: string[] = [];
  const stderr: Output = {
    write: (text) => void written.push(text),
    isTerminal,
    columns,
    live: (line) => void written.push(line ?? "(cleared)"),
  };
  const cli = {
    argv: [],
    cwd: "/",
    env: {},
    stdout: stderr,
    stderr,
    cancellation: () => new AbortController().signal,
  };
  const options = { json: false, quiet: false, verbose: false, color: false };
  const terminal = new Terminal(cli, options);
  expect(terminal.style).toBe(plain);
  return { progress: new JobProgress({ cli, terminal, flags }, "spark"), written };
}

test("JobProgress prints a line for each state where there is no terminal", () => {
  const { progress, written } = progressOn(false);
  for (const state of ["starting", "running", "running"]) progress.update(state);
  progress.end();
  expect(written).toEqual(["spark: starting\n", "spark: running\n"]);
});

test("JobProgress shows state, time and counters in a live line, as far as they fit", () => {
  const counters = [
    { transform: "Parse", name: "rows", value: 12_345 },
    { transform: "Parse", name: "bad rows", value: 2 },
  ];
  const wide = progressOn(true);
  wide.progress.update("running", counters);
  wide.progress.end();
  expect(wide.written).toEqual([
    expect.stringMatching(/^spark: running {2}0\.\d s {2}12\.3k rows {2}2 bad rows$/),
    "(cleared)",
  ]);
  const narrow = progressOn(true, {}, 36);
  narrow.progress.update("running", counters);
  narrow.progress.end();
  expect(narrow.written[0]).toMatch(/^spark: running {2}0\.\d s {2}12\.3k rows$/);
});

test("JobProgress is silent when told to be", () => {
  const { progress, written } = progressOn(true, { progress: "none" });
  progress.update("running");
  progress.end();
  expect(written).toEqual([]);
});
