import { isMainThread, threadId } from "node:worker_threads";
import { definePipeline } from "beamline";
import { z } from "zod";

/** One step that does what its element asks for. */
export const pipeline = definePipeline({
  name: "troubles",
  options: z.object({ salt: z.string().default("") }),
  build(p) {
    p.create(["never run"])
      .reshuffle("Orders")
      .map("Act", (order) => act(order));
    p.create([["k", "v"]])
      .groupByKey("Group")
      .map("Join", ([key, values]) => `${key}: ${[...values].join("")}`);
    const prices = p.create("Prices", [["never", 0]]);
    p.create("Words", ["never run"])
      .reshuffle("Begin")
      .map(
        "Look up",
        (word, { side }) => [word, side.map.get(word) ?? null, side.map.size, side.all.length],
        { side: { map: prices.asMap(), all: prices.asList() } },
      );
  },
});

/** @param {string} order */
function act(order) {
  const [verb, argument = ""] = order.split(" ");
  switch (verb) {
    case "thread":
      return isMainThread ? "main" : `thread ${threadId}`;
    case "log":
      console.log("a %s", "line");
      console.warn("careful");
      console.error(new Error("logged").message);
      return "logged";
    case "throw":
      throw new RangeError(argument);
    case "exit":
      return process.exit(3);
    case "crash":
      setImmediate(() => {
        throw new Error("nobody caught this");
      });
      return "crashing";
    case "hoard": {
      const hoard = [];
      for (;;) hoard.push(new Array(1e5).fill(hoard.length));
    }
    case "large":
      return "x".repeat(Number(argument));
    default:
      return order;
  }
}
