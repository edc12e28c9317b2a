import type { Cli } from "../terminal/cli.js";
import type { Style } from "../terminal/style.js";
import type { Terminal } from "../terminal/terminal.js";
import { viewLine, viewLines, type WatchView } from "./watch-view.js";

/** Shows views as they come. */
export interface WatchReport {
  show(view: WatchView): void;
  /** Takes away what is redrawn in place. */
  end(): void;
}

export type ProgressKind = "auto" | "plain" | "none";

const PLAIN_EVERY_MS = 15_000;
const REDRAW_MS = 500;

/** A live view on a terminal; elsewhere a line when something has changed, and now and then. */
export function watchReport(
  { stderr, env }: Pick<Cli, "stderr" | "env">,
  terminal: Terminal,
  progress: ProgressKind,
): WatchReport {
  if (progress === "none" || !terminal.talks) return { show() {}, end() {} };
  const live = progress === "auto" && stderr.isTerminal && env.TERM !== "dumb";
  if (!live) return plainReport(terminal);
  return liveReport(terminal, () => stderr.columns - 1, terminal.style);
}

function liveReport(terminal: Terminal, width: () => number, style: Style): WatchReport {
  let last: { readonly view: WatchView; readonly at: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    if (last === undefined) return;
    // Time goes on between two looks.
    const more = performance.now() - last.at;
    const { elapsedMs, now } = last.view;
    const view = { ...last.view, elapsedMs: elapsedMs + more, now: now + more };
    terminal.progress(viewLines(view, { width: width(), style }).join("\n"));
  };
  return {
    show(view) {
      last = { view, at: performance.now() };
      timer ??= setInterval(draw, REDRAW_MS).unref();
      draw();
    },
    end() {
      clearInterval(timer);
      timer = undefined;
      terminal.progress(undefined);
    },
  };
}

function plainReport(terminal: Terminal): WatchReport {
  let kind: string | undefined;
  let trouble: string | undefined;
  let next = 0;
  return {
    show(view) {
      const [worst] = view.findings;
      if (worst !== undefined && worst.id !== trouble) {
        terminal.talk(terminal.style.warn(`${view.name}: ${worst.cause}`));
      }
      trouble = worst?.id;
      const isNews = view.life.kind !== kind;
      if (!isNews && view.elapsedMs < next) return;
      kind = view.life.kind;
      next = view.elapsedMs + PLAIN_EVERY_MS;
      terminal.talk(viewLine(view));
    },
    end() {},
  };
}
