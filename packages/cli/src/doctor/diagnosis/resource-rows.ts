import { doubledMemory } from "./doubled-memory.js";
import type { DiagnosisRow } from "./row.js";

/** Pods that get too little, or no place at all. */
export const resourceRows: readonly DiagnosisRow[] = [
  {
    id: "executor-out-of-memory",
    signs: [
      { from: ["container"], role: "executor", reason: /^OOMKilled$/ },
      { from: ["log"], text: /exit code 137\(?.*possible container OOM/ },
      { from: ["log"], text: /The executor with id (\d+) exited with exit code 137/ },
    ],
    outlook: "passes",
    explains: ["process-died"],
    cause: ({ fact }, { executorMemory = "its memory", executorOverhead }) => {
      const node =
        executorOverhead === undefined
          ? ""
          : ` and ${executorOverhead} for the Node workers beside it`;
      const limit = `(${executorMemory} for Java${node})`;
      // Spark sees that something killed it; Kubernetes knows what.
      return fact.from === "container"
        ? `an executor used more than its pod may have ${limit}, so the kernel killed it`
        : `an executor was killed (exit code 137), most likely as it used more than its pod may have ${limit}`;
    },
    mend: (_, { file = "FILE", executorOverhead }) => [
      `beamline deploy ${file} ... --set spec.executor.memoryOverhead=${doubledMemory(executorOverhead)}`,
      "or fewer worker threads at a time: --set spec.executor.cores=1",
    ],
  },
  {
    id: "driver-out-of-memory",
    signs: [
      { from: ["container"], role: "driver", reason: /^OOMKilled$/ },
      {
        from: ["application"],
        text: /driver container failed with ExitCode: \d+, Reason: OOMKilled/,
      },
    ],
    outlook: "passes",
    cause: () => "the driver used more memory than its pod may have, so the kernel killed it",
    mend: (_, { file = "FILE", driverOverhead }) => [
      `beamline deploy ${file} ... --set spec.driver.memoryOverhead=${doubledMemory(driverOverhead)}`,
    ],
  },
  {
    id: "java-heap",
    signs: [{ from: ["log"], text: /java\.lang\.OutOfMemoryError: (.*)/ }],
    outlook: "passes",
    explains: ["process-died"],
    cause: ({ groups: [what = "heap"] }) => `Java's own memory was too small (${what})`,
    mend: ({ fact }, { file = "FILE", executorMemory }) => [
      `beamline deploy ${file} ... --set spec.${fact.role ?? "executor"}.memory=${doubledMemory(executorMemory)}`,
      "a group of one key lies in memory in groupByKey(); combinePerKey() keeps one accumulator instead",
    ],
  },
  {
    id: "node-heap",
    signs: [
      {
        from: ["log"],
        text: /JavaScript heap out of memory|JS heap out of memory|ERR_WORKER_OUT_OF_MEMORY|worker thread ran out of memory/,
      },
    ],
    outlook: "passes",
    explains: ["process-died"],
    cause: () => "a Node worker beside an executor reached the limit of its heap",
    mend: (_, { file = "FILE", executorOverhead }) => [
      `beamline deploy ${file} ... --set spec.executor.memoryOverhead=${doubledMemory(executorOverhead)} --set spec.executor.env='[{name: NODE_OPTIONS, value: "--max-old-space-size=4096"}]'`,
    ],
  },
  {
    id: "unschedulable",
    signs: [
      { from: ["condition"], reason: /^Unschedulable$/, text: /^(.*)$/s },
      { from: ["event"], reason: /^FailedScheduling$/, text: /^(.*)$/s },
    ],
    outlook: "stuck",
    cause: ({ fact, groups: [said = ""] }) =>
      `no node can take the ${fact.role ?? "pod"}: ${schedulingProblem(said)}`,
    mend: ({ fact, groups: [said = ""] }, { file = "FILE" }) =>
      /Insufficient/.test(said)
        ? [
            `ask for less: beamline deploy ${file} ... --${fact.role ?? "executor"}-memory 1g --${fact.role ?? "executor"}-cores 1`,
            "or give the cluster larger or more nodes; with Karpenter or the autoscaler, wait for them",
          ]
        : [
            "kubectl get nodes --show-labels; kubectl describe nodes | grep Taints",
            `and match them: beamline deploy ${file} ... --set spec.${fact.role ?? "executor"}.nodeSelector.NAME=VALUE, or a toleration in --patch FILE`,
          ],
  },
  {
    id: "quota",
    signs: [{ text: /exceeded quota: ([\w.-]+), (.*)/ }],
    outlook: "stuck",
    cause: ({ groups: [quota = "", what = ""] }) =>
      `the namespace's quota ${quota} does not allow it (${what.slice(0, 160)})`,
    mend: (_, { namespace, file = "FILE" }) => [
      `kubectl describe quota --namespace ${namespace}`,
      `ask for less (beamline deploy ${file} ... --set spec.executor.instances=1), or for a larger quota`,
    ],
  },
  {
    id: "evicted",
    signs: [
      {
        from: ["condition", "container", "event"],
        reason:
          /^(Evicted|Preempt\w*|NodeShutdown|NodeLost|TerminationByKubelet|DeletionByTaintManager|TaintManagerEviction|EvictionByEvictionAPI)$/,
      },
    ],
    outlook: "passes",
    cause: ({ fact }) => `${fact.subject} was taken off its node (${fact.reason})`,
    mend: (_, { file = "FILE" }) => [
      `keep the driver on nodes that stay: beamline deploy ${file} ... --profile spot does, with executors on spot nodes`,
      "and let it be tried again: --set spec.restartPolicy.type=OnFailure",
    ],
  },
];

/** The scheduler's reasons without its preamble: `1 Insufficient memory`. */
function schedulingProblem(message: string): string {
  return message
    .replace(/^\d+\/\d+ nodes are available: /, "")
    .replace(/[\s,]*(?:no new claims to deallocate|preemption: ).*$/s, "")
    .replace(/[.,\s]*$/, "");
}
