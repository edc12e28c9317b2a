import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { clusterParallelism, parallelismOf } from "./parallelism-of.js";

test.each([
  ["local", 1],
  ["local[3]", 3],
  ["local[3,4]", 3],
  ["local[*]", undefined],
  ["spark://host:7077", undefined],
])("parallelismOf knows the threads of --spark-master %s", (sparkMaster, expected) => {
  expect(parallelismOf({ sparkMaster })).toBe(expected);
});

test("parallelismOf knows nothing of a server that runs already", () => {
  expect(parallelismOf({ sparkMaster: "local[3]", jobEndpoint: "host:8099" })).toBeUndefined();
});

async function withMaster(cores: unknown, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.end(JSON.stringify({ cores })));
  await once(server.listen(0, "localhost"), "listening");
  const { port } = server.address() as AddressInfo;
  await use(`http://localhost:${port}`);
  server.close();
}

test.each<[conf: [string, string][], cores: unknown, expected: number | undefined]>([
  [[], 16, 16],
  [[["spark.cores.max", "6"]], 16, 6],
  [[["spark.cores.max", "60"]], 16, 16],
  [
    [
      ["spark.executor.instances", "3"],
      ["spark.executor.cores", "2"],
    ],
    undefined,
    6,
  ],
  [[["spark.executor.cores", "2"]], undefined, undefined],
  [[], "many", undefined],
])(
  "clusterParallelism takes what %j allows of %j cores: %s",
  async (sparkConf, cores, expected) => {
    await withMaster(cores, async (url) => {
      const { signal } = new AbortController();
      expect(await clusterParallelism({ sparkConf }, url, signal)).toBe(expected);
    });
  },
);

test("clusterParallelism does without a page that is not there", async () => {
  const { signal } = new AbortController();
  expect(await clusterParallelism({}, "http://localhost:1", signal)).toBeUndefined();
});
