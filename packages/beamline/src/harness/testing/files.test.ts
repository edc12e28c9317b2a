import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { csv } from "../../io/csv/csv.js";
import { jsonl } from "../../io/jsonl/jsonl.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { collectOverFnApi } from "./collect-over-fn-api.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const Order = z.object({
  id: z.bigint(),
  at: z.date(),
  price: z.string().meta({ beam: "decimal" }),
  note: z.string().optional(),
});
const at = new Date("2024-05-01T10:00:00.500Z");
const big = 2n ** 62n;

// Files are listed, split, read and written there, and rows and failures travel between.
describe.each([
  { transport: "memory", network: createMemoryNetwork(), address: "" },
  { transport: "gRPC", network: grpcNetwork, address: "localhost:0" },
])("runHarness over $transport", ({ network, address }) => {
  test("reads rows of JSON lines and of CSV, and collects what is none", async () => {
    const json = join(folder, "a.jsonl");
    const table = join(folder, "a.csv");
    const goodLine = `{"id":"${big}","at":"${at.toISOString()}","price":1.5}\n`;
    const goodRow = `price,at,id,note\n-2.50,${at.toISOString()},7,"a\nb"\n`;
    writeFileSync(json, `${goodLine}{"id":1}\n`);
    writeFileSync(table, `${goodRow}1,soon,8,\n`);
    const told = await collectOverFnApi(
      (p) => {
        const lines = p.apply(jsonl.read(json, Order, { onError: "collect" }));
        const rows = p.apply(csv.read(table, Order, { onError: "collect" }));
        const good = lines.out.flatten(rows.out).select("id", "price", "note");
        const bad = lines.failures.flatten(rows.failures);
        return good
          .map((row) => Object.values(row).join("|"))
          .flatten(bad.map(({ file, line, offset }) => `${file.at(-1)}:${line}@${offset}`));
      },
      network,
      address,
    );
    const bad = [`l:2@${goodLine.length}`, `v:4@${goodRow.length}`];
    expect(told.sort()).toEqual([`${big}|1.5`, "7|-2.50|a\nb", ...bad].sort());
  });

  test("writes rows, packed", async () => {
    const orders = [{ id: big, at, price: "1.50", note: "x" }];
    const prefix = join(folder, "out");
    const names = await collectOverFnApi(
      (p) => p.create(orders).apply(jsonl.write(prefix, { compression: "zstd", shards: 2 })),
      network,
      address,
    );
    expect(names).toHaveLength(2);
    const read = await collectOverFnApi(
      (p) => p.apply(jsonl.read(`${prefix}-*`, Order)),
      network,
      address,
    );
    expect(read).toEqual(orders);
  });
});
