/** Rows of the pipeline table with window functions of one's own, which Beam's runners do not run. */
export const customWindowRows: Readonly<Record<string, RegExp>> = Object.fromEntries(
  [
    "window-calendar-days",
    "window-calendar-months",
    "window-custom",
    "window-custom-merging",
    "window-daily-of-nobody",
  ].map((name) => [name, /only global, fixed, sliding and session windows are known/]),
);
