export { grpcNetwork } from "../transport/grpc/grpc-network.js";
export type { CodeSource } from "./code-source.js";
export { decodeErrorReport, type ErrorReport, encodeErrorReport } from "./error-report.js";
export { USER_NAMESPACE } from "./monitoring.js";
export { type HarnessOptions, runHarness } from "./run-harness.js";
export { startWorkerPool, type WorkerPool, type WorkerPoolOptions } from "./worker-pool.js";
