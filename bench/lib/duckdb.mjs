import { DuckDBInstance } from "@duckdb/node-api";

/**
 * Runs SQL in DuckDB with so many threads; the rows of the last statement, as JSON has them.
 *
 * @param {number} threads
 * @param {readonly string[]} statements
 */
export async function duckdb(threads, ...statements) {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  try {
    const connection = await instance.connect();
    /** @type {Record<string, unknown>[]} */
    let rows = [];
    for (const sql of statements) {
      rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    }
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}
