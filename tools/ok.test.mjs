import { expect, test } from "vitest";
import { countsOf, formatCounts } from "./ok.mjs";

/** @param {Record<string, number>} totals */
function reportOf(totals) {
  return JSON.stringify(totals);
}

const REPORT = reportOf({ numPassedTests: 7, numFailedTests: 0, numPendingTests: 2 });

test("countsOf counts a check without tests as one", () => {
  expect(countsOf({ code: 0, report: undefined, ci: true })).toMatchObject({
    passed: 1,
    failed: 0,
  });
  expect(countsOf({ code: 1, report: undefined, ci: true })).toMatchObject({
    passed: 0,
    failed: 1,
  });
  expect(countsOf({ code: null, report: undefined, ci: true })).toMatchObject({ failed: 1 });
});

test("countsOf counts tests one by one", () => {
  expect(countsOf({ code: 0, report: REPORT, ci: false })).toEqual({
    passed: 7,
    failed: 0,
    skipped: 2,
  });
});

test("countsOf makes a skipped test a failure in CI", () => {
  expect(countsOf({ code: 0, report: REPORT, ci: true })).toEqual({
    passed: 7,
    failed: 2,
    skipped: 0,
  });
});

test("countsOf never passes a run that failed without a failing test", () => {
  expect(countsOf({ code: 1, report: REPORT, ci: false }).failed).toBe(1);
});

test("formatCounts is the line that CI reads", () => {
  expect(formatCounts({ passed: 7, failed: 1, skipped: 2 })).toBe("7 passed, 1 failed, 2 skipped");
});

test("countsOf tells a step that was left out from one that failed, also in CI", () => {
  expect(countsOf({ code: 75, report: undefined, ci: true })).toEqual({
    passed: 0,
    failed: 0,
    skipped: 1,
  });
});
