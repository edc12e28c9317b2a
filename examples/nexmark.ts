import { definePipeline, text } from "beamline";
import { z } from "zod";
import { nexmarkQueries } from "./nexmark/queries/index.js";
import { nexmarkEvents } from "./nexmark/source.js";

/** Runs one query of Nexmark, the benchmark of data streams, on generated events. */
export default definePipeline({
  name: "nexmark",
  description: "Queries 0 to 12 of Nexmark on generated auctions, people and bids.",
  options: z.object({
    query: z.int().min(0).max(12).describe("Which query"),
    events: z.int().min(1).default(100_000).describe("How many events"),
    rate: z.int().min(1).default(10_000).describe("Events in a second of event time"),
    streaming: z.boolean().default(false).describe("As a stream, instead of as a batch"),
    output: z.string().optional().describe("Prefix of files for the results, one JSON a line"),
    folder: z.string().default("nexmark-events").describe("Where query 10 writes its files"),
  }),
  build(p, { query, events, rate, streaming, output, folder }) {
    const stream = p.apply(
      nexmarkEvents({ events, rate, streaming, start: Date.UTC(2015, 6, 15) }),
    );
    const run = nexmarkQueries(folder)[query];
    if (run === undefined) throw new Error(`There is no query ${query}`);
    const results = stream.apply(`Query${query}`, run).map("Tally", (result, ctx) => {
      ctx.counter("results").inc();
      return result;
    });
    if (output !== undefined) {
      results.map("ToJson", (result) => JSON.stringify(result)).apply(text.write(output));
    }
  },
});
