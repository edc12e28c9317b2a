// node duckdb-join.mjs ORDERS USERS OUTPUT: joins two Parquet files in DuckDB, with two threads.
import { duckdb } from "../lib/duckdb.mjs";

const [orders, users, output] = process.argv.slice(2);
await duckdb(
  2,
  `COPY (SELECT o.id, o.key, o.amount, u.name, u.country
    FROM '${orders}' o JOIN '${users}' u ON o.key = u.key)
    TO '${output}.parquet' (FORMAT parquet, COMPRESSION snappy)`,
);
