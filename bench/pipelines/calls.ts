import { Agent, get } from "node:http";
import { definePipeline, generateSequence, text } from "beamline";
import { z } from "zod";

const agent = new Agent({ keepAlive: true, maxSockets: 1000 });

/** Asks a web service once for each number, and adds its answers up. */
export default definePipeline({
  name: "bench-calls",
  options: z.object({
    url: z.string().describe("The service"),
    calls: z.int().min(1).describe("How many calls"),
    concurrency: z.int().min(1).default(100).describe("Calls under way at once"),
    output: z.string().describe("Prefix of the file that gets the sum"),
  }),
  build(p, { url, calls, concurrency, output }) {
    p.apply(generateSequence({ to: calls }))
      .mapAsync("Ask", (n) => ask(`${url}/${String(n).padStart(8, "0")}`), { concurrency })
      .sum()
      .map("Format", (total) => `${total}`)
      .apply(text.write(output));
  },
});

function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(Number(body)));
      response.on("error", reject);
    }).on("error", reject);
  });
}
