import { calls } from "./calls.mjs";
import { chain } from "./chain.mjs";
import { cold } from "./cold.mjs";
import { dataPlane } from "./data-plane.mjs";
import { distinct, distinctMany } from "./distinct.mjs";
import { group } from "./group.mjs";
import { join } from "./join.mjs";
import { nexmark } from "./nexmark.mjs";
import { skew } from "./skew.mjs";
import { smallFilesJob } from "./small-files.mjs";
import { spark } from "./spark.mjs";
import { wordcount } from "./wordcount.mjs";

/** @type {readonly import("../lib/plan.mjs").Job[]} */
export const jobs = [
  wordcount,
  chain,
  dataPlane,
  cold,
  calls,
  smallFilesJob,
  spark,
  nexmark,
  group,
  distinct,
  distinctMany,
  skew,
  join,
];
