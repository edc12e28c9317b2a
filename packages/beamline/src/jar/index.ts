export type { JarDependency, JarEnvironment } from "./jar-environments.js";
export { artifactPath, pipelineRunners } from "./jar-layout.js";
export {
  type ExecutableJarContents,
  readExecutableJar,
  type StoredArtifact,
} from "./read-executable-jar.js";
export {
  type ExecutableJar,
  type JarArtifact,
  type WrittenJar,
  writeExecutableJar,
} from "./write-executable-jar.js";
