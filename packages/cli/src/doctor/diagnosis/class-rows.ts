import type { DiagnosisRow } from "./row.js";

/** Programs that do not fit together. */
export const classRows: readonly DiagnosisRow[] = [
  {
    id: "no-filesystem",
    signs: [
      { text: /No FileSystem for scheme "?([\w]+)"?/ },
      {
        text: /ClassNotFoundException: Class (org\.apache\.hadoop\.fs\.s3a\.S3AFileSystem) not found/,
      },
    ],
    outlook: "ends",
    explains: ["class-not-found"],
    cause: ({ groups: [scheme = "s3"] }) => {
      if (scheme === "s3") return "Spark reads S3 under s3a://, and knows no s3://";
      return scheme === "s3a" || scheme.includes(".")
        ? "Spark's class path has nothing that reads s3a://: the image lacks hadoop-aws"
        : `Spark's class path has nothing that reads ${scheme}://`;
    },
    mend: ({ groups: [scheme = "s3"] }, { file = "FILE" }) =>
      scheme === "s3"
        ? [
            "write s3a:// in Spark's own settings (event log, jars, main file); paths of the pipeline stay s3://",
          ]
        : [
            `beamline image ${file} ... (it brings hadoop-aws of the right line), and deploy that image`,
          ],
  },
  {
    id: "not-our-image",
    signs: [{ text: /NoSuchFileException: (\/opt\/beamline\/[\w.-]+)/ }],
    outlook: "ends",
    explains: ["class-not-found"],
    cause: ({ groups: [path = ""] }, { image = "the image" }) =>
      `${image} has no ${path}: beamline image did not make it`,
    mend: (_, { file = "FILE" }) => [
      `beamline deploy ${file} ... with --image REPOSITORY and no digest: it makes the image, and pushes it there`,
      `or beamline image ${file} ..., and deploy what it prints`,
    ],
  },
  {
    id: "class-not-found",
    signs: [
      { text: /ClassNotFoundException: ([\w.$]+)/ },
      { text: /NoClassDefFoundError: ([\w./$]+)/ },
      { text: /Failed to load class ([\w$]+(?:\.[\w$]+)*)/ },
    ],
    outlook: "ends",
    cause: ({ groups: [name = "a class"] }) =>
      `the class ${name} is not in the image${/^(beamline|org[./]apache[./]beam)/.test(name) ? ": it comes with the job server's jar, which spec.deps.jars has to name" : ""}`,
    mend: (_, { file = "FILE" }) => [
      `beamline image ${file} ... and deploy what it prints (an image of another make lacks /opt/beamline/job-server.jar)`,
      "for a jar of your own: --set spec.deps.jars='[local:///opt/beamline/job-server.jar, local:///path/in/the/image.jar]'",
    ],
  },
  {
    id: "invalid-class",
    signs: [
      { text: /InvalidClassException: ([\w.$]+); local class incompatible/ },
      { text: /InvalidClassException: ([\w.$]+)/ },
    ],
    outlook: "ends",
    cause: ({ groups: [name = "a class"] }) =>
      `driver and executors have different releases of Spark (${name} differs)`,
    mend: (_, { file = "FILE" }) => [
      `give both the same image: beamline deploy ${file} ... without spec.driver.image and spec.executor.image`,
      "and one Spark: 3.5.3 for Scala 2.12 in the base image (--base)",
    ],
  },
  {
    id: "process-died",
    signs: [
      { from: ["log", "application"], text: /Process died with exit code (\d+)/ },
      { from: ["log", "application"], text: /Cannot run program "([^"]*boot)"/ },
    ],
    outlook: "ends",
    cause: ({ groups: [code = ""] }) => {
      if (!/^\d+$/.test(code)) return `the image has no worker: ${code} is not there`;
      if (code === "127")
        return "the worker cannot start: the image has no Node where it looks for it";
      if (code === "126") return "the worker cannot start: it may not be executed";
      if (code === "137") return "a worker was killed (137): most likely for want of memory";
      return `a worker beside an executor ended with exit code ${code} before or in its work`;
    },
    mend: ({ groups: [code = ""] }, { app, namespace, file = "FILE" }) => [
      ...(code === "137"
        ? [`beamline deploy ${file} ... --set spec.executor.memoryOverhead=2g`]
        : [`beamline image ${file} ... (builds the worker in), and deploy what it prints`]),
      `beamline app logs ${app} --namespace ${namespace} --source executors`,
    ],
  },
];
