import type { Pane } from "../model/pane.js";
import type { Window } from "../model/window.js";
import { afterCount } from "../windowing/triggers.js";
import { fixedWindows } from "../windowing/windows.js";
import type { PCollection } from "./pcollection.js";
import type { WindowOptions } from "./window-options.js";

declare const words: PCollection<string>;

// --- windows keep the element type, and the context tells of them ------------------------------

words.window(fixedWindows({ minutes: 1 })) satisfies PCollection<string>;
words.window("Minutes", fixedWindows(1000), {
  trigger: afterCount(1),
  accumulation: "discarding",
  allowedLateness: { days: 1 },
}) satisfies PCollection<string>;
words.map((_word, { window }) => window.end - window.start) satisfies PCollection<number>;
words.withTimestamps((word) => Date.parse(word)) satisfies PCollection<string>;
words.withTimestamps("Stamp", (word) => new Date(word), { allowedSkew: 5 });
words.reifyTimestamps() satisfies PCollection<{ value: string; timestamp: number }>;
words.reifyWindows() satisfies PCollection<{ value: string; window: Window; pane: Pane }>;

// @error: Type 'string' is not assignable to type 'number | Date'
words.withTimestamps((word) => word);
// @error: '"keeping"' is not assignable to type
const options: WindowOptions = { accumulation: "keeping" };
words.window(fixedWindows(1000), options);
// @error: 'weeks' does not exist
fixedWindows({ weeks: 1 });
