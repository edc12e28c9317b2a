/** Rows of the pipeline table with merging windows of one's own, about which only Python asks its workers. */
export const mergingWindowRows: Readonly<Record<string, RegExp>> = {
  "window-custom-merging": /windows of your own merge in no other place than the worker/,
};

/** Rows with sessions, which Prism merges across keys. */
export const sessionRows: Readonly<Record<string, RegExp>> = Object.fromEntries(
  ["window-sessions", "window-sessions-merge", "window-sessions-then-group"].map((name) => [
    name,
    /sessions of different keys are merged into one/,
  ]),
);

/** Streams that a batch runner does not take. */
export const everyStream: Readonly<Record<string, RegExp>> = Object.fromEntries(
  [
    "script-windows-and-late-data",
    "script-sessions",
    "script-panes",
    "script-state-and-event-timers",
    "script-clock",
    "endless-windows",
    "endless-state-and-clock-timers",
    "endless-state-and-event-timers",
    "endless-last-words",
    "endless-in-order",
    "endless-state",
    "endless-until-it-fails",
    "endless-until-acknowledged",
    "endless-until-acknowledged-later",
  ].map((name) => [name, /Flink, or bound the source|bound the source, or run it on Flink/]),
);
