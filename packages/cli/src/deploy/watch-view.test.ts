import { expect, test } from "vitest";
import type { AppPod } from "../app/pods.js";
import { plain } from "../terminal/style.js";
import { viewLine, viewLines, type WatchView } from "./watch-view.js";

function pod(label: string, phase: string, more: Partial<AppPod> = {}): AppPod {
  return {
    name: `words-${label}`,
    uid: label,
    role: label === "driver" ? "driver" : "executor",
    label,
    phase,
    node: "node-1",
    started: undefined,
    finished: undefined,
    container: "c",
    containers: [],
    conditions: [],
    reason: undefined,
    message: undefined,
    owned: true,
    ...more,
  };
}

const HOUR = 3_600_000;

const view: WatchView = {
  name: "words",
  namespace: "jobs",
  life: { kind: "running", since: 0 },
  elapsedMs: 65_000,
  now: HOUR,
  pods: [pod("driver", "Running"), pod("exec-1", "Running"), pod("exec-2", "Pending")],
  executorsWanted: 2,
  progress: {
    stages: [
      {
        id: 0,
        name: "a",
        state: "done",
        tasks: 4,
        tasksDone: 4,
        tasksRunning: 0,
        tasksFailed: 1,
        failure: undefined,
      },
      {
        id: 1,
        name: "b",
        state: "running",
        tasks: 40,
        tasksDone: 10,
        tasksRunning: 2,
        tasksFailed: 0,
        failure: undefined,
      },
    ],
    executors: [{ id: "1", cores: 4, addedAt: 0, removedAt: undefined, tasksFailed: 0 }],
    metrics: {
      counters: [{ transform: "Parse", name: "malformed", value: 3 }],
      elements: [
        { pcollection: "Split.out", value: 28_003 },
        { pcollection: "text.read/Read.out", value: 4273 },
      ],
    },
  },
  findings: [],
};

test("viewLines shows state, pods, executor hours, the stage at work and counters", () => {
  expect(viewLines(view, { width: 100, style: plain })).toEqual([
    "words  running  1 m 05 s  (jobs/words)",
    "  driver     words-driver  running  on node-1",
    "  executors  1 of 2 running  pending (starting)  1.00 executor hours (4.00 core hours)",
    "  stages     █████████████░░░░░░░  1 of 2 done  10 of 40 tasks, 2 running  1 failed task",
    "  counters   3 malformed   28.0k Split   4.27k text.read",
  ]);
});

test("viewLines fits every line into the terminal", () => {
  for (const width of [20, 40, 79]) {
    for (const line of viewLines(view, { width, style: plain })) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  }
});

test("viewLines says what a pod waits for, and what troubles the application", () => {
  const waiting = pod("driver", "Pending", {
    containers: [{ name: "c", state: { waiting: { reason: "ImagePullBackOff" } } }],
  });
  const trouble = {
    id: "image-not-found",
    cause: "there is no such image",
    evidence: { from: "container" as const, subject: "words-driver", text: "not found" },
    quote: "not found",
    mend: [],
    outlook: "ends" as const,
    specific: true,
  };
  const lines = viewLines(
    { ...view, pods: [waiting], progress: undefined, findings: [trouble] },
    { width: 100, style: plain },
  );
  expect(lines[1]).toContain("pending (ImagePullBackOff)");
  expect(lines.at(-1)).toBe("  trouble    there is no such image");
});

test("viewLine says it in one line, without a bar", () => {
  const line = viewLine(view);
  expect(line).toMatch(/^words: running {2}1 m 05 s {2}1 of 2 running/);
  expect(line).toContain("stages 1 of 2 done  10 of 40 tasks");
  expect(line).not.toMatch(/[█░\n]/);
});

test("viewLine says nothing of stages once the application has ended", () => {
  expect(viewLine({ ...view, life: { kind: "completed", since: 0 } })).toBe(
    "words: completed  1 m 05 s",
  );
});
