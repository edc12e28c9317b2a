import { describe, expect, test } from "vitest";
import { Pipeline, PIPELINE_TABLE, runPortable, compareBags, toList } from "./support/beamline.js";
import { startPython } from "./support/job-servers.js";
import { startFlink, startSpark } from "./support/java-job-servers.js";
import { useServer } from "./support/use-server.js";

const rows = PIPELINE_TABLE.filter(({ name }) => /^(state|timers|source-with)/.test(name) && !/sorted|expires/.test(name));
describe.each([["spark", startSpark], ["python", startPython], ["flink", startFlink]] as const)("%s", (runner, startIt) => {
  const server = useServer(startIt as never);
  test("state rows", async () => {
    const pipeline = new Pipeline("table");
    for (const { name, build, expected } of rows) {
      pipeline.apply(name, build).combineGlobally(`${name} list`, toList() as never).map(`${name} (compared)`, ((list: unknown[], ctx: never) => {
        const difference = compareBags(list, expected);
        if (difference.missing.length + difference.unexpected.length > 0) throw new Error(name + JSON.stringify(difference));
        (ctx as { counter(n: string): { inc(): void } }).counter("compared").inc();
      }) as never);
    }
    const result = await runPortable(pipeline.toGraph(), { jobEndpoint: server.address(), runner });
    expect(result.state).toBe("done");
    console.log(runner, JSON.stringify(result.counters.filter(({ name }) => name === "compared").map(({ transform }) => transform)));
  }, 120_000);
});
