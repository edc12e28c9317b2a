import type { ElementMeta } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import { GLOBAL_WINDOW, type Window } from "../../model/window.js";
import { type SideInputWindow, sideInputWindowOf } from "../../windowing/side-input-window.js";
import type { Step, StepSideInput } from "../stage.js";
import type { SideInputPort, SideInputSource } from "./port.js";
import { type SideValue, sideValueOf } from "./views.js";

/** The `ctx.side` of a function: its side inputs by name, read when they are touched. */
export type SideViews = Readonly<Record<string, unknown>>;

export const NO_SIDE_VIEWS: SideViews = Object.freeze({});

/** Something that knows the element at hand: the window of the main input comes from it. */
interface MetaHolder {
  readonly meta: ElementMeta;
}

/** The side inputs of one step. What has been read is kept until the next bundle begins. */
export class SideInputs {
  private readonly inputs: ReadonlyMap<string, WindowedViews>;

  constructor(
    step: Step,
    sideInputs: Readonly<Record<string, StepSideInput>>,
    port: SideInputPort,
  ) {
    const inputs = Object.entries(sideInputs).map(([name, sideInput]) => {
      const source = port.open(step, name, sideInput);
      return [name, new WindowedViews(step.name, name, sideInput, source)] as const;
    });
    this.inputs = new Map(inputs);
  }

  /** Once, before the first bundle. */
  setup(): void | Promise<void> {
    const pending = [...this.inputs.values()].flatMap((views) => views.setup() ?? []);
    if (pending.length > 0) return Promise.all(pending).then(() => undefined);
  }

  /** What a runner keeps may have changed: forgets what it has read. */
  startBundle(): void {
    for (const views of this.inputs.values()) views.forget();
  }

  /** Whether elements must wait for {@link prepare}. */
  get needsPreparing(): boolean {
    return [...this.inputs.values()].some(({ needsPreparing }) => needsPreparing);
  }

  /** Fetches what an element's function may read; undefined when it is there. */
  prepare({ windows }: ElementMeta): Promise<void> | undefined {
    const pending: Promise<void>[] = [];
    for (const views of this.inputs.values()) {
      for (const window of windows) {
        const fetched = views.prepare(window);
        if (fetched !== undefined) pending.push(fetched);
      }
    }
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  /** The views of the window that `holder` is in, whenever they are touched. */
  viewsFor(holder: MetaHolder): SideViews {
    const views = {};
    for (const [name, input] of this.inputs) {
      Object.defineProperty(views, name, {
        enumerable: true,
        get: () => input.at(holder.meta).get(),
      });
    }
    return Object.freeze(views);
  }
}

/** The side inputs of a step; undefined where it has none. */
export function openSideInputs(
  step: Step,
  port: SideInputPort | undefined,
): SideInputs | undefined {
  if (step.sideInputs === undefined) return undefined;
  if (port === undefined) throw internalError(`Nobody provides the side inputs of "${step.name}"`);
  return new SideInputs(step, step.sideInputs, port);
}

/** Windows whose views are kept at once. */
const WINDOW_LIMIT = 64;

/** The views of one side input, by window. */
class WindowedViews {
  private readonly step: string;
  private readonly name: string;
  private readonly sideInput: StepSideInput;
  private readonly source: SideInputSource;
  private readonly isGlobal: boolean;
  private mapping: SideInputWindow = () => GLOBAL_WINDOW;
  private readonly known = new Map<string, SideValue>();
  private lastMain: Window | undefined;
  private last: SideValue | undefined;

  constructor(step: string, name: string, sideInput: StepSideInput, source: SideInputSource) {
    this.step = step;
    this.name = name;
    this.sideInput = sideInput;
    this.source = source;
    this.isGlobal = sideInput.windowing.windowFn.kind === "global";
  }

  /** Learns which of its windows belongs to which of the main input's. */
  setup(): Promise<void> | undefined {
    const mapping = sideInputWindowOf(this.sideInput.windowing.windowFn);
    if (!(mapping instanceof Promise)) {
      this.mapping = mapping;
      return undefined;
    }
    return mapping.then((loaded) => {
      this.mapping = loaded;
    });
  }

  forget(): void {
    this.lastMain = undefined;
    this.last = undefined;
    this.known.clear();
  }

  get needsPreparing(): boolean {
    return this.source.prepare !== undefined;
  }

  prepare(main: Window): Promise<void> | undefined {
    return this.source.prepare?.(this.mapping(main));
  }

  at({ windows }: ElementMeta): SideValue {
    const main = windows[0];
    const { last } = this;
    if (last !== undefined && (this.isGlobal || main === this.lastMain)) return last;
    if (main === undefined) throw internalError("An element is in no window");
    const value = this.find(this.mapping(main));
    this.lastMain = main;
    this.last = value;
    return value;
  }

  private find(window: Window): SideValue {
    const id = window.kind === "global" ? "" : `${window.start} ${window.end}`;
    const present = this.known.get(id);
    if (present !== undefined) return present;
    const place = { step: this.step, name: this.name };
    const value = sideValueOf(this.sideInput.view, this.source.in(window), place);
    const [oldest] = this.known.keys();
    if (this.known.size >= WINDOW_LIMIT && oldest !== undefined) this.known.delete(oldest);
    this.known.set(id, value);
    return value;
  }
}
