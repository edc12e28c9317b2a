import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pipeline } from "./pipelines/stream.mjs";

const STREAM = new URL("./pipelines/stream.mjs", import.meta.url);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-streams-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a stream with windows, sessions, state and timers", () => {
  test.each([
    { places: [] },
    { places: ["source"] },
    { places: ["state"] },
    { places: ["timer"] },
    { places: ["window"] },
    { places: ["session"] },
    { places: ["source", "state", "timer", "window", "session"] },
  ])("gives the same although threads die in its midst: $places", async ({ places }) => {
    const options = { folder, places };
    const result = await runLocal(pipeline.toGraph(options), {
      code: { url: STREAM.href, exportName: "pipeline", options },
      workers: 2,
    });
    expect(readdirSync(folder).sort()).toEqual(places.toSorted());
    expect(result.threadsLost).toBe(places.length);
  });
});
