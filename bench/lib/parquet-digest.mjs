import { duckdb } from "./duckdb.mjs";

/**
 * What Parquet files hold, whatever the order of their rows and the number of files: a hash of each
 * row, and of all of them their sum and their exclusive or.
 *
 * @param {readonly string[]} files
 * @returns {Promise<import("./outputs.mjs").OutputDigest>}
 */
export async function digestParquet(files) {
  const list = files.map((file) => `'${file}'`).join(", ");
  const [row] = await duckdb(
    2,
    `SELECT count(*) AS lines, bit_xor(hash(t)) AS mixed, sum(hash(t)) AS total
      FROM read_parquet([${list}]) t`,
  );
  return { lines: Number(row?.lines), hash: `${row?.mixed} ${row?.total}` };
}
