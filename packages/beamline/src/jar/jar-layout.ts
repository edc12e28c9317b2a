/**
 * Where Beam's `PortablePipelineJarUtils` looks for a pipeline within an executable jar. Names have
 * no leading slash: they are class path resources.
 */

export const PIPELINE_FOLDER = "BEAM-PIPELINE/";

/** JSON that names the pipeline to run: `{"defaultJobName": "<name>"}`. */
export const PIPELINE_MANIFEST = `${PIPELINE_FOLDER}pipeline-manifest.json`;

/** The entries of one pipeline. */
export interface PipelineEntries {
  /** The Pipeline message in proto3 JSON. */
  readonly pipeline: string;
  /** The pipeline options as a JSON object. */
  readonly options: string;
  /** Ends with a slash; the names of artifacts follow. */
  readonly artifacts: string;
}

export function pipelineEntries(jobName: string): PipelineEntries {
  const folder = `${PIPELINE_FOLDER}${jobName}/`;
  return {
    pipeline: `${folder}pipeline.json`,
    options: `${folder}pipeline-options.json`,
    artifacts: `${folder}artifacts/`,
  };
}

/**
 * The path under which a pipeline must refer to an artifact in its own jar: that of an
 * `ArtifactFilePayload`.
 */
export function artifactPath(jobName: string, id: string): string {
  return `classpath://${pipelineEntries(jobName).artifacts}${id}`;
}

/** The main classes of executable jars, by the kind of job server whose jar holds them. */
export const pipelineRunners = {
  /** Ours, around Beam's: it ends the JVM with its job. */
  spark: "beamline.spark.PipelineMain",
  flink: "org.apache.beam.runners.flink.FlinkPipelineRunner",
} as const;

/** The same by Beam alone, for a job server's jar that others have built. */
export const plainRunners: Readonly<Record<string, string>> = {
  [pipelineRunners.spark]: "org.apache.beam.runners.spark.SparkPipelineRunner",
};

/** Whether a job's or an artifact's name can be part of an entry's name. */
export function isEntryName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be in it
  return name !== "" && name !== "." && name !== ".." && !/[/\\\u0000-\u001f]/.test(name);
}
