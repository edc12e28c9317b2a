import type { ImageChanges } from "./oci/image-documents.js";
import type { LayerEntry } from "./oci/layer-entry.js";
import type { LayerContent } from "./oci/layer-store.js";
import { type ImageReference, parseReference } from "./oci/reference.js";

/** Apache's own image of Spark 3.5.3 with Java 17 and Scala 2.12. */
export const DEFAULT_BASE = "docker.io/apache/spark:3.5.3-scala2.12-java17-ubuntu";

/** Spark's own user in its images. */
export const SPARK_USER = 185;

/** Where things are in the image. */
export const imagePaths = {
  boot: "/opt/apache/beam/boot",
  pipelineJar: "/opt/beamline/pipeline.jar",
  jobServerJar: "/opt/beamline/job-server.jar",
  runtime: "/opt/beamline/runtime",
  node: "/opt/node",
  sparkJars: "/opt/spark/jars",
  home: "/home/spark",
} as const;

export interface ImageInput {
  /** The image's name; its tag is made from its code when it has none. */
  readonly image: string;
  /** Default: {@link DEFAULT_BASE}. */
  readonly base?: string | undefined;
  /** Such as `linux/amd64`. */
  readonly platforms: readonly string[];
  readonly pipeline: {
    readonly name: string;
    readonly jar: string;
    /** Of the code alone, in hex. */
    readonly codeDigest: string;
  };
  readonly node: {
    readonly version: string;
    /** By platform, each with `bin/node` and `LICENSE`. */
    readonly folders: Readonly<Record<string, string>>;
  };
  readonly runtime: {
    readonly version: string;
    readonly folder: string;
    /** Relative to the folder. */
    readonly files: readonly string[];
  };
  /** Hadoop's S3 connector; undefined where the base has one. */
  readonly s3a?:
    | {
        readonly jars: readonly string[];
        readonly hadoopVersion: string;
        readonly awsVersion: string;
      }
    | undefined;
  readonly jobServer: { readonly jar: string; readonly beamVersion: string };
  /** Packages whose code is in the pipeline's bundle, for the bill of materials. */
  readonly packages: readonly SoftwarePackage[];
}

export interface SoftwarePackage {
  readonly name: string;
  readonly version: string;
  /** https://github.com/package-url/purl-spec */
  readonly purl: string;
}

export interface PlannedLayer {
  readonly name: "node" | "runtime" | "s3a" | "job-server" | "pipeline";
  /** For people. */
  readonly holds: string;
  /** Undefined when it is the same on all. */
  readonly platform?: string;
  readonly content: LayerContent;
}

/** All that goes into an image, before anything is looked up or made. */
export interface ImagePlan {
  readonly target: ImageReference;
  readonly base: ImageReference;
  readonly platforms: readonly string[];
  /** Bottom first: what changes least often. */
  readonly layers: readonly PlannedLayer[];
  readonly changes: ImageChanges;
  readonly packages: readonly SoftwarePackage[];
}

/** What an image is made of: a pure function of its input. */
export function planImage(input: ImageInput): ImagePlan {
  const { platforms, pipeline, runtime, node } = input;
  const target = parseReference(input.image);
  const tag = target.tag ?? pipeline.codeDigest.slice(0, 12);
  const annotations = {
    "org.opencontainers.image.title": pipeline.name,
    "org.opencontainers.image.version": tag,
    "beamline.dev/pipeline": pipeline.name,
    "beamline.dev/code": pipeline.codeDigest.slice(0, 32),
    "beamline.dev/version": runtime.version,
  };
  return {
    target: { ...target, tag },
    base: parseReference(input.base ?? DEFAULT_BASE),
    platforms,
    layers: layersOf(input),
    changes: {
      user: String(SPARK_USER),
      env: { BEAMLINE_NODE: `${imagePaths.node}/bin/node` },
      labels: annotations,
      annotations,
    },
    packages: [
      ...(input.s3a === undefined ? [] : s3aPackages(input.s3a)),
      maven("org.apache.beam", "beam-runners-spark-3", input.jobServer.beamVersion),
      { name: "node", version: node.version, purl: `pkg:generic/node@${node.version}` },
      npm("beamline", runtime.version),
      ...input.packages,
    ],
  };
}

function layersOf({
  platforms,
  node,
  runtime,
  s3a,
  jobServer,
  pipeline,
}: ImageInput): PlannedLayer[] {
  const nodeLayers = platforms.map((platform): PlannedLayer => {
    const folder = node.folders[platform] ?? "";
    return {
      name: "node",
      holds: `Node.js ${node.version}`,
      platform,
      content: { compressed: true, entries: nodeEntries(folder) },
    };
  });
  const s3aLayer: PlannedLayer[] =
    s3a === undefined
      ? []
      : [
          {
            name: "s3a",
            holds: `hadoop-aws ${s3a.hadoopVersion}, aws-java-sdk-bundle ${s3a.awsVersion}`,
            content: { compressed: false, entries: s3a.jars.map(sparkJar) },
          },
        ];
  return [
    ...s3aLayer,
    {
      name: "job-server",
      holds: `Beam ${jobServer.beamVersion} for Spark`,
      content: { compressed: false, entries: [file(imagePaths.jobServerJar, jobServer.jar)] },
    },
    ...nodeLayers,
    {
      name: "runtime",
      holds: `Beamline ${runtime.version}, the boot program`,
      content: { compressed: true, entries: runtimeEntries(runtime) },
    },
    {
      name: "pipeline",
      holds: `${pipeline.name}, code ${pipeline.codeDigest.slice(0, 12)}`,
      content: { compressed: true, entries: [file(imagePaths.pipelineJar, pipeline.jar)] },
    },
  ];
}

function nodeEntries(folder: string): LayerEntry[] {
  const { node } = imagePaths;
  return [
    file(`${node}/bin/node`, `${folder}/bin/node`, 0o755),
    file(`${node}/LICENSE`, `${folder}/LICENSE`),
    { kind: "link", path: "/usr/local/bin/node", target: `${node}/bin/node` },
  ];
}

function runtimeEntries({ folder, files }: ImageInput["runtime"]): LayerEntry[] {
  const { runtime, boot, home } = imagePaths;
  return [
    ...files.map((path) =>
      file(`${runtime}/${path}`, `${folder}/${path}`, path.startsWith("bin/") ? 0o755 : 0o644),
    ),
    { kind: "link", path: boot, target: `${runtime}/bin/beamline-boot` },
    // Ivy and others write there, and fail where they can't.
    { kind: "folder", path: home, mode: 0o775, owner: SPARK_USER },
  ];
}

function sparkJar(path: string): LayerEntry {
  return file(`${imagePaths.sparkJars}/${path.slice(path.lastIndexOf("/") + 1)}`, path);
}

function file(path: string, from: string, mode = 0o644): LayerEntry {
  return { kind: "file", path, mode, content: { file: from } };
}

function s3aPackages({
  hadoopVersion,
  awsVersion,
}: NonNullable<ImageInput["s3a"]>): SoftwarePackage[] {
  return [
    maven("com.amazonaws", "aws-java-sdk-bundle", awsVersion),
    maven("org.apache.hadoop", "hadoop-aws", hadoopVersion),
  ];
}

function maven(group: string, name: string, version: string): SoftwarePackage {
  return { name: `${group}:${name}`, version, purl: `pkg:maven/${group}/${name}@${version}` };
}

export function npm(name: string, version: string): SoftwarePackage {
  return { name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}` };
}
