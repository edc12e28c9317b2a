import { test } from "vitest";
import { startPrism, startPython } from "./support/job-servers.js";
import { runPortable } from "../../packages/beamline/src/runners/portable/index.js";
import { Pipeline } from "../../packages/beamline/src/index.js";
import { elementsAre } from "../../packages/beamline/src/testing/index.js";

test.each([["prism", startPrism],["python", startPython]])("wordcount %s", async (runner, start) => {
  const s = await start();
  try {
    const p = new Pipeline("wc");
    p.create(["a b", "b c", "b"]).flatMap("Split", (l, ctx) => { ctx.counter("lines").inc(); return l.split(" ")}).countPerElement().apply(elementsAre([["a", 1], ["b", 3], ["c", 1]]));
    const r = await runPortable(p.toGraph(), { jobEndpoint: s.address, runner: runner as "prism", onState: console.log, onMessage: (m) => console.log(m.text) });
    console.log(r);
    const q = new Pipeline("bad");
    q.create(["a b", "b c", "b"]).map("Boom", (l) => { if (l === "b") throw new TypeError("no b"); return l; });
    const e = await runPortable(q.toGraph(), { jobEndpoint: s.address, runner: runner as "prism" }).catch((e) => e);
    console.log(e);
  } finally { await s.stop(); }
});
