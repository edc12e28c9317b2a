import {
  choiceFlag,
  countFlag,
  type Flag,
  type Parsed,
  switchFlag,
  textFlag,
} from "../command/flag.js";

/** Where a pipeline can run besides this machine's own engine. */
export const remoteRunners = ["spark", "flink", "prism", "python", "portable"] as const;

export type RemoteRunner = (typeof remoteRunners)[number];

export const environments = ["loopback", "process", "docker", "external"] as const;

export type EnvironmentName = (typeof environments)[number];

/** A `NAME=VALUE` pair; given several times, they add up. */
function pairFlag({
  parseName,
  ...about
}: Pick<Flag, "summary" | "placeholder"> & {
  readonly parseName: (name: string) => string;
}): Flag<readonly [string, string]> & { readonly repeatable: true } {
  return {
    kind: "value",
    repeatable: true,
    ...about,
    parse(text): Parsed<readonly [string, string]> {
      const [, name, value] = /^([A-Za-z_][\w.]*)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        return { ok: false, problem: "not NAME=VALUE" };
      return { ok: true, value: [parseName(name), value] };
    },
  };
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export const jobNameFlag = textFlag({
  placeholder: "NAME",
  summary: "What the job is called",
  defaultText: "the pipeline's name",
});

export const runnerOptionFlag = pairFlag({
  placeholder: "NAME=VALUE",
  summary: "A pipeline option of the runner, such as bundle_size=0; may be given several times",
  parseName: camelCase,
});

export const parallelismFlag = countFlag({
  least: 1,
  summary:
    "How many tasks the runner can run at a time, on all its machines: sources are split for so many",
  defaultText: "what Spark's own settings tell, or else the cores of a worker",
});

/** Flags of how workers come to a job that runs elsewhere. */
export const environmentFlags = {
  environment: choiceFlag({
    choices: environments,
    summary:
      "What runs the pipeline's functions: loopback is this process, process a command on the runner's machines, docker an image, external a worker pool",
  }),
  environmentConfig: textFlag({
    placeholder: "TEXT",
    summary: "The command, image or host:port that the environment needs",
    defaultText: "this installation's beamline-boot for process",
  }),
};

export const jobEndpointFlag = textFlag({
  placeholder: "HOST:PORT",
  summary: "A running job server's Job API",
});

/** Flags of `run` for every runner but the local one. */
export const remoteFlags = {
  jobEndpoint: { ...jobEndpointFlag, summary: "Job API of a running job server to use" },
  sparkMaster: textFlag({
    placeholder: "URL",
    summary: "Spark to start the job server with, for --runner spark without --job-endpoint",
    defaultText: "local[*]",
  }),
  sparkRestUrl: textFlag({
    placeholder: "URL",
    summary:
      "REST server of a standalone Spark master, such as http://host:6066: writes the executable jar and submits it there",
  }),
  sparkWebUrl: textFlag({
    placeholder: "URL",
    summary: "Web page of that master, from which a failed driver's log is read",
    defaultText: "port 8080 beside --spark-rest-url",
  }),
  sparkConf: pairFlag({
    placeholder: "NAME=VALUE",
    summary: "A Spark property for --spark-rest-url; may be given several times",
    parseName: (name) => name,
  }),
  jarOut: textFlag({
    placeholder: "FILE",
    summary: "Where --spark-rest-url writes the jar: workers must see it under this path",
    defaultText: ".beamline/NAME.jar",
  }),
  flinkMaster: textFlag({
    placeholder: "ADDRESS",
    summary: "Flink to start the job server with, for --runner flink: [local] or host:port",
    defaultText: "[local]",
  }),
  ...environmentFlags,
  jobName: jobNameFlag,
  runnerOption: runnerOptionFlag,
  parallelism: parallelismFlag,
  detach: switchFlag({
    summary:
      "Submit the job and leave it; beamline jobs follows it. Needs --job-endpoint or --spark-rest-url",
  }),
};
