import type { ElementContext } from "../fn/context.js";
import { MAIN_OUTPUT } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import type { Pane } from "../model/pane.js";
import type { Window } from "../model/window.js";
import { requireOwn } from "../pipeline/handle.js";
import { PCollection } from "../pipeline/pcollection.js";
import { applyTransform } from "../pipeline/ptransform.js";
import { never } from "../windowing/triggers.js";
import { globalWindows } from "../windowing/windows.js";
import { canonicalText, compareBags } from "./compare-bags.js";

/**
 * Makes a statement about a PCollection part of the pipeline: the job fails where it does not hold.
 * It is checked once, when nothing more can come, so it works for streams and on every runner.
 *
 * @example
 * ```ts
 * assertThat(sums).inOnTimePane(interval(0, 60_000)).containsInAnyOrder([["a", 3]]);
 * assertThat(late).isEmpty();
 * ```
 */
export function assertThat<T>(actual: PCollection<T>): Assertion<T> {
  requireOwn("assertThat", actual.builder, [actual]);
  return new Assertion(actual, EVERYWHERE);
}

/** The window `[start, end)` of event time, in milliseconds since the epoch. */
export function interval(start: number, end: number): Window {
  return Object.freeze({ kind: "interval", start, end });
}

/** Which of a PCollection's elements a statement is about. */
interface Selection {
  readonly text: string;
  readonly matches: (window: Window, pane: Pane) => boolean;
}

const EVERYWHERE: Selection = { text: "", matches: () => true };

interface Marked {
  readonly marked: true;
}
interface Taken {
  readonly value: unknown;
}

/** What {@link assertThat} makes: first say where, then what. */
export class Assertion<T> {
  private readonly actual: PCollection<T>;
  private readonly selection: Selection;

  constructor(actual: PCollection<T>, selection: Selection) {
    this.actual = actual;
    this.selection = selection;
  }

  /** Only the elements of this window, of all its panes. */
  inWindow(window: Window): Assertion<T> {
    return this.in(window, "", () => true);
  }

  /** Only the pane of this window that the watermark has fired. */
  inOnTimePane(window: Window): Assertion<T> {
    return this.in(window, "the on-time pane of ", ({ timing }) => timing === "on-time");
  }

  inEarlyPanes(window: Window): Assertion<T> {
    return this.in(window, "the early panes of ", ({ timing }) => timing === "early");
  }

  inLatePanes(window: Window): Assertion<T> {
    return this.in(window, "the late panes of ", ({ timing }) => timing === "late");
  }

  /** Only the last pane of this window. */
  inFinalPane(window: Window): Assertion<T> {
    return this.in(window, "the final pane of ", ({ isLast }) => isLast);
  }

  /** Only the pane of this window that is both its first and its last. */
  inOnlyPane(window: Window): Assertion<T> {
    return this.in(window, "the only pane of ", ({ isFirst, isLast }) => isFirst && isLast);
  }

  /** There are exactly these elements, each as often as it is given. */
  containsInAnyOrder(expected: Iterable<T>): void {
    const wanted = Object.freeze([...expected]);
    this.check("ContainsInAnyOrder", (elements, fail) => {
      const { missing, unexpected } = compareBags(elements, wanted);
      if (missing.length + unexpected.length === 0) return;
      fail(`${shown("missing", missing)}, ${shown("unexpected", unexpected)}`);
    });
  }

  /** There are at least these elements. */
  contains(expected: Iterable<T>): void {
    const wanted = Object.freeze([...expected]);
    this.check("Contains", (elements, fail) => {
      const { missing } = compareBags(elements, wanted);
      if (missing.length > 0) fail(shown("missing", missing));
    });
  }

  isEmpty(): void {
    this.check("IsEmpty", (elements, fail) => {
      if (elements.length > 0) fail(shown("unexpected", elements));
    });
  }

  hasCount(count: number): void {
    this.check("HasCount", ({ length }, fail) => {
      if (length !== count) fail(`${length} elements, not ${count}`);
    });
  }

  /** `statement` does not throw. It gets all elements, in no particular order. */
  satisfies(statement: (elements: readonly T[]) => void): void {
    this.check("Satisfies", (elements) => statement(elements as readonly T[]));
  }

  private in(window: Window, which: string, isIn: (pane: Pane) => boolean): Assertion<T> {
    return new Assertion(this.actual, {
      text: ` in ${which}${nameOf(window)}`,
      matches: (other, pane) => isSame(window, other) && isIn(pane),
    });
  }

  private check(
    name: string,
    statement: (elements: readonly unknown[], fail: (how: string) => never) => void,
  ): void {
    const { actual, selection } = this;
    const { builder, id } = actual;
    const fail = (how: string): never => {
      throw new BeamlineError(
        "ASSERTION_FAILED",
        `Cannot accept the elements of "${id}"${selection.text}: ${how}; correct the pipeline or what it is expected to give`,
      );
    };
    const atTheEnd = { trigger: never(), accumulation: "discarding", allowedLateness: 0 } as const;
    const together = globalWindows();
    const expand = () => {
      const taken = actual
        .flatMap("Select", (value: T, { window, pane }: ElementContext): [null, Taken][] =>
          selection.matches(window, pane) ? [[null, { value }]] : [],
        )
        .window("Elements", together, atTheEnd);
      // A mark goes with them, so that there is something to look at where there are no elements.
      const impulse = builder.addPrimitive({ kind: "impulse" }, { name: "Mark", given: true });
      const mark = PCollection.of<Uint8Array>(builder, impulse, MAIN_OUTPUT)
        .map("Marked", (): [null, Marked] => [null, { marked: true }])
        .window("MarkWindow", together, atTheEnd);
      taken
        .flatten("Together", mark)
        .groupByKey("Gather")
        .map("Check", ([, parts]) => {
          const elements = [...parts].flatMap((part) => ("value" in part ? [part.value] : []));
          statement(elements, fail);
          return null;
        });
    };
    applyTransform(builder, actual, [id], [{ name: `AssertThat${name}`, expand }]);
  }
}

function nameOf(window: Window): string {
  return window.kind === "global" ? "the global window" : `[${window.start}, ${window.end})`;
}

function isSame(a: Window, b: Window): boolean {
  return a.kind === b.kind && a.start === b.start && a.end === b.end;
}

function shown(what: string, values: readonly unknown[]): string {
  if (values.length === 0) return `none ${what}`;
  const some = values.slice(0, 5).map((value) => canonicalText(value).slice(0, 200));
  return `${values.length} ${what} (${some.join(", ")}${values.length > 5 ? ", ..." : ""})`;
}
