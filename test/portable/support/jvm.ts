// The parts of the command line that start Java's job servers.
export { findJava } from "../../../packages/cli/src/jvm/java.js";
export {
  flinkJobServerCommand,
  sparkJobServerCommand,
} from "../../../packages/cli/src/jvm/job-server-command.js";
export { ensureJobServerJar } from "../../../packages/cli/src/jvm/job-server-jar.js";
export { ensureSpark } from "../../../packages/cli/src/jvm/spark-installation.js";
export { JobServer } from "../../../packages/cli/src/jvm/start-job-server.js";
