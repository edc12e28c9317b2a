export type { CodeReference } from "../../code-ref/code-reference.js";
export { runLocal } from "./run-local.js";
export type {
  CounterValue,
  LocalRunOptions,
  LocalRunResult,
  MemoryReport,
  RunProgress,
  TransformCount,
} from "./run-options.js";
