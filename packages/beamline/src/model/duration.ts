import { BeamlineError } from "./errors.js";

/** A length of time: milliseconds, or parts that are added up. */
export type Duration =
  | number
  | {
      readonly days?: number;
      readonly hours?: number;
      readonly minutes?: number;
      readonly seconds?: number;
      readonly milliseconds?: number;
    };

const PARTS = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
} as const;

/**
 * The duration in whole milliseconds.
 *
 * @param action - What can't be done if the duration is none, such as `make fixed windows`.
 * @throws BAD_DURATION for what is negative, not a number or has parts of other names.
 */
export function toMilliseconds(duration: Duration, action: string): number {
  const bad = () =>
    new BeamlineError(
      "BAD_DURATION",
      `Cannot ${action}: ${JSON.stringify(duration) ?? typeof duration} is no duration; give milliseconds, or an object such as { minutes: 5 }`,
    );
  if (typeof duration === "number") return requireWhole(duration, bad);
  if (typeof duration !== "object" || duration === null) throw bad();
  const parts = Object.entries(duration);
  if (parts.length === 0) throw bad();
  let sum = 0;
  for (const [name, amount] of parts) {
    if (!Object.hasOwn(PARTS, name) || typeof amount !== "number") throw bad();
    sum += amount * PARTS[name as keyof typeof PARTS];
  }
  return requireWhole(sum, bad);
}

function requireWhole(milliseconds: number, bad: () => BeamlineError): number {
  const whole = Math.round(milliseconds);
  if (!Number.isSafeInteger(whole) || whole < 0) throw bad();
  return whole;
}
