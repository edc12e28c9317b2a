import { COMBINE_ROWS } from "./combine-rows.js";
import { COMPOSITE_ROWS } from "./composite-rows.js";
import { DO_FN_ROWS } from "./do-fn-rows.js";
import { ELEMENT_ROWS } from "./element-rows.js";
import { JOIN_ROWS } from "./join-rows.js";
import { KEY_ROWS } from "./key-rows.js";
import type { Row } from "./row.js";
import { SCHEMA_ROWS } from "./schema-rows.js";
import { SHAPE_ROWS } from "./shape-rows.js";
import { SIDE_INPUT_ROWS } from "./side-input-rows.js";
import { SIZE_ROWS } from "./size-rows.js";
import { STATE_ROWS } from "./state-rows.js";
import { WINDOW_ROWS } from "./window-rows.js";

export type { Row } from "./row.js";

/** Small pipelines that use every verb, to be run on every runner and in every mode. */
export const PIPELINE_TABLE: readonly Row[] = [
  ...ELEMENT_ROWS,
  ...KEY_ROWS,
  ...COMBINE_ROWS,
  ...SHAPE_ROWS,
  ...DO_FN_ROWS,
  ...SIDE_INPUT_ROWS,
  ...JOIN_ROWS,
  ...COMPOSITE_ROWS,
  ...SCHEMA_ROWS,
  ...SIZE_ROWS,
  ...WINDOW_ROWS,
  ...STATE_ROWS,
];

export function rowNamed(name: string): Row {
  const row = PIPELINE_TABLE.find((each) => each.name === name);
  if (row === undefined) throw new Error(`No row "${name}" in the pipeline table`);
  return row;
}
