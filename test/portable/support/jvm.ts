// The parts of the command line that start Java's job servers.
export { findJava } from "../../../packages/cli/dist/jvm/java.js";
export {
  flinkJobServerCommand,
  sparkJobServerCommand,
} from "../../../packages/cli/dist/jvm/job-server-command.js";
export { ensureJobServerJar } from "../../../packages/cli/dist/jvm/job-server-jar.js";
export { ensureSpark } from "../../../packages/cli/dist/jvm/spark-installation.js";
export { JobServer } from "../../../packages/cli/dist/jvm/start-job-server.js";
