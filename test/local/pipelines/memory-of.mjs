// node memory-of.mjs PIPELINE OPTIONS MEMORY: runs a pipeline in two threads, and prints what it took.
import { runLocal } from "beamline/runners/local";

const [url = "", text = "", memory] = process.argv.slice(2);
const options = JSON.parse(text);
const { pipeline } = await import(url);
const result = await runLocal(pipeline.toGraph(options), {
  ...{ code: { url, exportName: "pipeline", options }, memory: Number(memory) },
  ...{ workers: 2, workerThreads: "always" },
});
console.log(JSON.stringify(result.memory));
