import { setFlagsFromString } from "node:v8";

/**
 * Tells V8, for the whole process, to make no object old from the start. It does so where many
 * objects of one place in the code have survived a collection, which those of a pipeline do while an
 * output is being opened, and never after: each element would then have to wait for a collection of
 * everything, which comes five times as often.
 */
export function tuneCollector(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}
