import { calls } from "./calls.mjs";
import { chain } from "./chain.mjs";
import { cold } from "./cold.mjs";
import { dataPlane } from "./data-plane.mjs";
import { nexmark } from "./nexmark.mjs";
import { spark } from "./spark.mjs";
import { wordcount } from "./wordcount.mjs";

/** @type {readonly import("../lib/plan.mjs").Job[]} */
export const jobs = [wordcount, chain, dataPlane, cold, calls, spark, nexmark];
