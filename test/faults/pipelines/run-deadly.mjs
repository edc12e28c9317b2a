// Runs the deadly pipeline in a process of its own: its options are the argument, its result is printed.
import { runLocal } from "beamline/runners/local";
import { pipeline } from "./deadly.mjs";

const options = JSON.parse(process.argv[2] ?? "");
const result = await runLocal(pipeline.toGraph(options), {
  code: {
    url: new URL("./deadly.mjs", import.meta.url).href,
    exportName: "pipeline",
    options,
  },
  workers: 2,
  workerThreads: "always",
}).catch(({ code, message }) => ({ code, message }));
console.log(JSON.stringify(result));
