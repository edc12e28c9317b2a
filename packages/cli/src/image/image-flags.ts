import { choiceFlag, switchFlag, textFlag } from "../command/flag.js";
import { configFlags, placeFlags } from "../manifest/manifest-flags.js";
import { jobNameFlag, parallelismFlag, runnerOptionFlag } from "../remote/remote-flags.js";
import { platforms } from "./node-release.js";

/** Flags of how images are made, which a configuration file may set, too. */
export const imageShapeFlags = {
  base: textFlag({
    placeholder: "NAME",
    summary: "The Spark 3.5 image to build on",
    defaultText: "apache/spark:3.5.3 with Java 17",
  }),
  platform: {
    ...choiceFlag({
      choices: platforms,
      summary: "Make it for this platform only; may be given several times",
    }),
    repeatable: true,
    defaultText: "all of them",
  } as const,
  s3a: switchFlag({
    summary:
      "Put Hadoop's S3 connector in, which Spark's event log on S3 needs; --no-s3a where the base has it",
  }),
  insecure: switchFlag({
    summary: "Speak plain HTTP to the registries, as is done to those on this machine",
  }),
};

/** Flags of `image`, besides those of every command and of the pipeline. */
export const imageFlags = {
  image: textFlag({
    placeholder: "NAME",
    summary:
      "What to call it: registry/repository, and a tag if you like; an ECR repository is created if it is missing",
    defaultText: "for --layout and --dockerfile, beamline/ and the pipeline's name",
  }),
  ...imageShapeFlags,
  layout: textFlag({
    placeholder: "FOLDER",
    summary: "Write an OCI image layout there instead of pushing",
  }),
  dockerfile: textFlag({
    placeholder: "FOLDER",
    summary:
      "Write a Dockerfile and what it copies there instead, and print the docker buildx line",
  }),
  sbom: textFlag({ placeholder: "FILE", summary: "Write the bill of materials (SPDX) there, too" }),
  awsProfile: placeFlags.awsProfile,
  dryRun: switchFlag({ summary: "Only look, and show what would be pushed" }),
  jobServerJar: textFlag({
    placeholder: "FILE",
    summary: "Job server bundle to put in",
    defaultText: "the one in your cache, which Maven builds once",
  }),
  jobName: jobNameFlag,
  runnerOption: runnerOptionFlag,
  parallelism: { ...parallelismFlag, defaultText: "the cores of a worker" },
  ...configFlags,
};
