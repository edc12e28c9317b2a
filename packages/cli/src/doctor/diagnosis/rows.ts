import { accessRows } from "./access-rows.js";
import { classRows } from "./class-rows.js";
import { clusterRows } from "./cluster-rows.js";
import { imageRows } from "./image-rows.js";
import { resourceRows } from "./resource-rows.js";
import type { DiagnosisRow } from "./row.js";

/** Every known failure, what says most first. */
export const diagnosisRows: readonly DiagnosisRow[] = [
  ...imageRows,
  ...resourceRows,
  ...accessRows,
  ...classRows,
  ...clusterRows,
];
