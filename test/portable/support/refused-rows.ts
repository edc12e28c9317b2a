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

/** Rows that want the elements of a key in the order of their timestamps: only the local runner sorts. */
export const sortedInputRows: Readonly<Record<string, RegExp>> = {
  "state-with-sorted-input": /the elements of a key are not sorted by time/,
};

/** Rows that are called when a window expires. */
export const expirationRows: Readonly<Record<string, RegExp>> = {
  "state-until-the-window-expires": /nothing is called when a window expires/,
};
