import { expect, test } from "vitest";
import { isEnd, type Lifecycle, lifeWords, nextLife, type Sight } from "./lifecycle.js";

const created: Lifecycle = { kind: "created", since: 0 };

function sight(
  at: number,
  state: NonNullable<Sight["application"]>["state"],
  more: Partial<Sight> = {},
): Sight {
  return {
    at,
    application: { state, error: undefined, attempts: 1 },
    driver: "none",
    executorsRunning: 0,
    ...more,
  };
}

function live(sights: readonly Sight[]): string[] {
  let life = created;
  return sights.map((each) => {
    life = nextLife(life, each);
    return `${life.kind}@${life.since}`;
  });
}

test("nextLife goes from created to completed and keeps when it got there", () => {
  expect(
    live([
      sight(1, ""),
      sight(2, "SUBMITTED", { driver: "pending" }),
      sight(3, "SUBMITTED", { driver: "running" }),
      sight(4, "RUNNING", { driver: "running" }),
      sight(5, "RUNNING", { driver: "running", executorsRunning: 1 }),
      sight(6, "RUNNING", { driver: "running", executorsRunning: 2 }),
      sight(7, "SUCCEEDING", { driver: "ended" }),
      sight(8, "COMPLETED", { driver: "ended" }),
    ]),
  ).toEqual([
    "created@0",
    "submitting@2",
    "starting@3",
    "starting@3",
    "running@5",
    "running@5",
    "finishing@7",
    "completed@8",
  ]);
});

test("nextLife stays running while executors are lost and replaced", () => {
  const running: Lifecycle = { kind: "running", since: 1 };
  expect(nextLife(running, sight(2, "RUNNING", { driver: "running" }))).toEqual(running);
});

test("nextLife goes back to the driver when an application is tried again, with the reason", () => {
  let life: Lifecycle = { kind: "running", since: 1 };
  const failing = { state: "PENDING_RERUN", error: "driver was killed", attempts: 1 } as const;
  life = nextLife(life, { ...sight(2, ""), application: failing });
  expect(life).toEqual({ kind: "retrying", since: 2, reason: "driver was killed" });
  life = nextLife(life, sight(3, "SUBMITTED", { driver: "pending" }));
  expect(life.kind).toBe("submitting");
});

test("nextLife leaves no end", () => {
  for (const state of ["COMPLETED", "FAILED", "SUSPENDED"] as const) {
    const end = nextLife(created, sight(5, state));
    expect(isEnd(end)).toBe(true);
    expect(nextLife(end, sight(6, "RUNNING", { executorsRunning: 1 }))).toBe(end);
  }
  const gone = nextLife(created, { ...sight(5, ""), application: undefined });
  expect(lifeWords(gone)).toBe("deleted");
  expect(nextLife(gone, sight(6, "RUNNING"))).toBe(gone);
});

test("nextLife keeps what it knows while the operator knows nothing", () => {
  const running: Lifecycle = { kind: "running", since: 1 };
  expect(nextLife(running, sight(9, "UNKNOWN"))).toEqual(running);
});
