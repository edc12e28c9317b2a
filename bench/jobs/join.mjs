import { MEMORY, withinBudget } from "../lib/budget.mjs";
import { linearGrowth } from "../lib/growth.mjs";
import { ensureTable, joinTables } from "../lib/join-tables.mjs";
import { beamlineRun } from "../lib/plan.mjs";

/** Beside all of the orders, a quarter of them. */
const QUARTER = "5m";

/**
 * Orders with the name and country of their users, Parquet in and out, next to DuckDB.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const join = {
  name: "join",
  onRequest: true,
  async plan(context) {
    const { size = "20m", cache, root } = context;
    const tables = joinTables[size];
    if (tables === undefined) {
      throw new Error(
        `Cannot measure join: there is no input of ${size}; ` +
          `choose --size ${Object.keys(joinTables).join(" or ")}`,
      );
    }
    const orders = await ensureTable(tables.orders, cache);
    const users = await ensureTable(tables.users, cache);
    const quarter = size === "20m" ? joinTables[QUARTER] : undefined;
    const smaller = quarter && {
      orders: await ensureTable(quarter.orders, cache),
      users: await ensureTable(quarter.users, cache),
    };
    const beamline =
      (/** @type {{ orders: string, users: string }} */ input) => (/** @type {string} */ output) =>
        beamlineRun(context, "bench/pipelines/join.ts", [
          ...["--orders", input.orders, "--users", input.users, "--output", output],
          ...["--workers", "2", "--memory", MEMORY],
        ]);
    return {
      title: `Join of ${size} orders with a tenth as many users, Parquet in and out`,
      parameters: { size, orders: tables.orders.sha256, users: tables.users.sha256 },
      reference: "duckdb",
      comparison: "parquet",
      contenders: [
        {
          ...{ id: "duckdb", label: "DuckDB, 2 threads" },
          command: (output) => [
            ...[process.execPath, `${root}/bench/peers/duckdb-join.mjs`, orders, users, output],
          ],
        },
        {
          ...{ id: "beamline", label: "Beamline, 2 workers", ours: true },
          command: beamline({ orders, users }),
        },
        ...(smaller === undefined
          ? []
          : [
              {
                ...{ id: "beamline-quarter", label: "Beamline, a quarter of the input" },
                ...{ ours: true, unchecked: true, command: beamline(smaller) },
              },
            ]),
      ],
      targets:
        smaller !== undefined
          ? [
              {
                text: "at most 4x the time of DuckDB",
                ...{ of: "beamline", measure: "ratio", to: "duckdb", atMost: 4 },
              },
              withinBudget("beamline", "Beamline"),
              linearGrowth("beamline", "beamline-quarter", "Beamline"),
            ]
          : [],
    };
  },
};
