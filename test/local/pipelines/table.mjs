// The pipeline table as a pipeline that worker threads can load: all rows, each with a check of
// its elements, as composites of one job; or one row.
import { definePipeline, globalWindows } from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";

/** @type {typeof import("../../../packages/beamline/src/testing/table/index.js")} */
const { PIPELINE_TABLE } = await import(
  new URL("../../../packages/beamline/dist/bundle/testing-table.js", import.meta.url).href
);

export const pipeline = definePipeline({
  name: "table",
  options: z.object({ row: z.string().optional() }),
  build(p, { row }) {
    for (const { name, build, expected } of PIPELINE_TABLE) {
      if (row !== undefined && row !== name) continue;
      // Elements in windows would be compared window by window.
      p.apply(name, (pipeline) =>
        build(pipeline).window("All", globalWindows()).apply(elementsAre(expected)),
      );
    }
  },
});
