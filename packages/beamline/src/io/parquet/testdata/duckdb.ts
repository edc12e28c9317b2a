import { DuckDBInstance } from "@duckdb/node-api";

/** Runs SQL in DuckDB, which reads and writes Parquet itself; values come back as JSON has them. */
export async function duckdb(...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) {
      rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    }
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}
