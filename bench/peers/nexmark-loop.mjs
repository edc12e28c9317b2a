// The hand-written loop of the nexmark job: makes the events in one thread and looks at each.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const events = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), "beamline-nexmark-loop-"));
try {
  // The generator is TypeScript.
  const outfile = join(folder, "generator.mjs");
  const source = fileURLToPath(new URL("../../examples/nexmark/generator.ts", import.meta.url));
  await build({ entryPoints: [source], outfile, bundle: true, format: "esm", platform: "node" });
  const { eventAt } = await import(pathToFileURL(outfile).href);
  const options = { start: Date.UTC(2015, 6, 15), rate: 10_000 };
  let bids = 0;
  for (let n = 0; n < events; n++) if (eventAt(n, options).kind === "bid") bids++;
  process.stdout.write(`${bids}\n`);
} finally {
  await rm(folder, { recursive: true });
}
