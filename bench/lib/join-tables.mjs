import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isIntact } from "./datasets.mjs";
import { duckdb } from "./duckdb.mjs";

/**
 * @typedef {object} Table
 * @property {string} file name of the Parquet file
 * @property {string} select what makes its rows
 * @property {number} bytes size of the file
 * @property {string} sha256 hash of the file, as the DuckDB of package-lock.json writes it
 */

/**
 * Orders and the users that they belong to, by size. Each order's user is drawn by a hash of its
 * number, so all users have about ten.
 *
 * @type {Readonly<Record<string, { orders: Table, users: Table }>>}
 */
export const joinTables = {
  "20m": tables(20_000_000, 2_000_000, {
    orders: [290_792_423, "60047e95899bcb45f34aa409ae57e1a45db22c75beb85498549dea60158c32dc"],
    users: [20_429_203, "87263d19c85683f67ce0db8df1065844df17b097a04958dc9f66b09a495e89b5"],
  }),
  "5m": tables(5_000_000, 500_000, {
    orders: [72_156_050, "3afd75446b5607b872bd45d754a54d953abf3ff4bc7c7e1aae39fa31c0340904"],
    users: [5_107_331, "e66990d4a4218dad2af668188fff611cfc65370250d24e30d1a4c1fc6f0ab20c"],
  }),
  "1m": tables(1_000_000, 100_000, {
    orders: [14_052_531, "f9344eb138713f1b7a0b3333ae38036ab27dece1f23f7982a48ef4d31e903ece"],
    users: [1_021_144, "2de33091582745fa6d0b817acc7bf23824dfa7c010dc3b41e71eb05bc9a645f2"],
  }),
};

/**
 * @param {number} orders
 * @param {number} users
 * @param {Record<"orders" | "users", [bytes: number, sha256: string]>} recorded
 */
function tables(orders, users, recorded) {
  const size = `${orders / 1e6}m`;
  return {
    orders: {
      file: `orders-${size}.parquet`,
      select: `SELECT i AS id, (hash(i) % ${users})::BIGINT AS key,
        ((hash(i + 1000000007) % 1000000) / 100.0)::DOUBLE AS amount FROM range(${orders}) t(i)`,
      bytes: recorded.orders[0],
      sha256: recorded.orders[1],
    },
    users: {
      file: `users-${size}.parquet`,
      select: `SELECT i AS key, 'user-' || i AS name,
        chr((65 + hash(i) % 26)::INT) || chr((65 + hash(i + 7) % 26)::INT) AS country
        FROM range(${users}) t(i)`,
      bytes: recorded.users[0],
      sha256: recorded.users[1],
    },
  };
}

/**
 * The path of a table's file in `folder`, generated if it is not there or not intact. Reading it to
 * verify it also brings it into the page cache, for every contender alike.
 *
 * @param {Table} table
 * @param {string} folder
 * @returns {Promise<string>}
 */
export async function ensureTable(table, folder) {
  const path = join(folder, table.file);
  if (await isIntact(path, table)) return path;
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    // One thread, so that the rows keep their order.
    const copy = `COPY (${table.select}) TO '${temporary}' (FORMAT parquet, COMPRESSION snappy)`;
    await duckdb(1, copy);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (await isIntact(path, table)) return path;
  throw new Error(
    `Cannot use the generated ${table.file}: ${path} differs from its recorded size and hash; ` +
      "update both in bench/lib/join-tables.mjs if the generator or DuckDB was changed on purpose",
  );
}
