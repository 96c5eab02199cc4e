// Asks DuckDB what docs/queries.md says to ask of an export: node duckdb.mjs FILE
import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const reader = await connection.runAndReadAll(
  `SELECT day::VARCHAR, mentions::INT, negatives::INT, typeof(day) FROM '${process.argv[2]}' ORDER BY day`);
for (const row of reader.getRows()) console.log(row.join("|"));
