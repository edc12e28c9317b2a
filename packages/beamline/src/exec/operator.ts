import type { Coder } from "../coders/coder.js";
import type { TimerRecord } from "../model/state-scope.js";
import type { ActiveRestriction } from "./active-restriction.js";
import type { BundleScope, Congestible } from "./bundle-scope.js";
import type { Receive } from "./receive.js";
import type { SideInputs } from "./side-inputs/side-inputs.js";
import type { StageSink, Step } from "./stage.js";
import type { StageHooks } from "./stage-hooks.js";
import type { StepMetrics } from "./step-metrics.js";
import type { TextPorts } from "./text/text-ports.js";

/** A step made runnable: a function to call per element, and a life cycle around it. */
export interface Operator extends TextPorts {
  readonly receive: Receive;
  /** Present in operators that may hold elements back. */
  readonly congestion?: Congestible;
  /** What a splittable DoFn is in the midst of while it waits for a promise. */
  readonly activeRestriction?: ActiveRestriction | undefined;
  /** Takes the timers of a stateful DoFn. */
  readonly fire?: (timer: TimerRecord) => void;
  /** See {@link TimerReceiver.forgetKeys}. */
  readonly forgetKeys?: () => void;
  /** Of a splittable DoFn: the size of what it has done of the bundle's restrictions. */
  readonly sizeDone?: number;
  setup?(): void | Promise<void>;
  startBundle?(): void | Promise<void>;
  /** Emits what is left and waits for what is under way. Upstream operators have finished. */
  finishBundle?(): void | Promise<void>;
  teardown?(): void | Promise<void>;
}

/** What an operator is made with. */
export interface OperatorContext {
  readonly step: Step;
  /** The receivers of the step's outputs, by tag. */
  readonly outputs: ReadonlyMap<string, Receive>;
  readonly main: Receive;
  /** How the main output takes strings that are still bytes. */
  readonly mainPorts: TextPorts;
  readonly metrics: StepMetrics;
  readonly scope: BundleScope;
  /** Operators below this one that may hold elements back. */
  readonly downstream: readonly Congestible[];
  readonly parallelism: number;
  /** Of the step's input; undefined where nobody says. */
  readonly inputCoder: Coder<unknown> | undefined;
  /** Of the step's main output; undefined where nobody says. */
  readonly outputCoder: Coder<unknown> | undefined;
  /** What the stage was compiled with. */
  readonly options: StageHooks;
  /** Undefined in a step that reads none. */
  readonly sideInputs?: SideInputs | undefined;
}

/** The receiving end of a {@link StageSink}. */
export interface SinkPort extends TextPorts {
  readonly receive: Receive;
  /** Present in sinks that may ask emitters to pause, which they do through the scope. */
  readonly congestion?: Congestible;
}

export type OpenSink = (sink: StageSink, scope: BundleScope) => SinkPort;
