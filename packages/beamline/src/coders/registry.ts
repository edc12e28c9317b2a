import { BeamlineError } from "../model/errors.js";
import type { Window } from "../model/window.js";
import { bool } from "./bool.js";
import { bytes } from "./bytes.js";
import type { Coder } from "./coder.js";
import { double } from "./double.js";
import { globalWindow } from "./global-window.js";
import { intervalWindow } from "./interval-window.js";
import { iterable } from "./iterable.js";
import { js } from "./js.js";
import { jsKey } from "./js-key.js";
import { kv } from "./kv.js";
import { lengthPrefix } from "./length-prefix.js";
import { nullable } from "./nullable.js";
import { paramWindowedValue } from "./param-windowed-value.js";
import { ROW_URN, rowCoderOf } from "./row/row-coder.js";
import { stringUtf8 } from "./string-utf8.js";
import { timer } from "./timer.js";
import { timestamp } from "./timestamp.js";
import { UNION_URN, union } from "./union.js";
import { VARINT64_PAYLOAD, varint, varint64 } from "./varint.js";
import { windowedValue } from "./windowed-value.js";

/** A coder as plain data: what Beam's `Coder` proto says, with the components in place. */
export interface CoderSpec {
  readonly urn: string;
  /** Absent or empty for most. */
  readonly payload?: Uint8Array;
  readonly components: readonly CoderSpec[];
}

/** Makes the coder of one URN from its components and its payload (empty if it has none). */
export type CoderFactory = (
  components: readonly Coder<unknown>[],
  payload: Uint8Array,
) => Coder<unknown>;

/** Finds coders by URN. Immutable: `with` gives a registry that knows more. */
export class CoderRegistry {
  private readonly factories: ReadonlyMap<string, CoderFactory>;

  constructor(factories: ReadonlyMap<string, CoderFactory>) {
    this.factories = factories;
  }

  /** A registry that also knows `urn`, or knows it differently. */
  with(urn: string, factory: CoderFactory): CoderRegistry {
    return new CoderRegistry(new Map(this.factories).set(urn, factory));
  }

  has(urn: string): boolean {
    return this.factories.has(urn);
  }

  /** The coder that `spec` describes. Throws `UNKNOWN_CODER` or `BAD_CODER_SPEC`. */
  coderFromSpec(spec: CoderSpec): Coder<unknown> {
    return this.coder(
      spec.urn,
      spec.components.map((component) => this.coderFromSpec(component)),
      spec.payload,
    );
  }

  /** The coder of `urn` over components that are coders already. */
  coder(urn: string, components: readonly Coder<unknown>[], payload?: Uint8Array): Coder<unknown> {
    const factory = this.factories.get(urn);
    if (factory === undefined) {
      throw new BeamlineError(
        "UNKNOWN_CODER",
        `Cannot make a coder: the URN ${urn} is not registered; register it with CoderRegistry.with(), or use a coder that every SDK has`,
      );
    }
    return factory(components, payload ?? NO_BYTES);
  }
}

/** `coder` as plain data, from which {@link CoderRegistry.coderFromSpec} makes its equal. */
export function specFromCoder(coder: Coder<unknown>): CoderSpec {
  const components = coder.components.map(specFromCoder);
  return coder.payload === undefined || coder.payload.length === 0
    ? { urn: coder.urn, components }
    : { urn: coder.urn, payload: coder.payload, components };
}

const NO_BYTES = new Uint8Array(0);

function take(urn: string, components: readonly Coder<unknown>[], count: number): void {
  if (components.length !== count) {
    throw new BeamlineError(
      "BAD_CODER_SPEC",
      `Cannot make the coder ${urn}: it has ${components.length} components, not ${count}; check who wrote the pipeline`,
      { origin: "remote" },
    );
  }
}

function atomic(coder: Coder<unknown>): [string, CoderFactory] {
  return [
    coder.urn,
    (components) => {
      take(coder.urn, components, 0);
      return coder;
    },
  ];
}

function unary(
  urn: string,
  make: (component: Coder<unknown>) => Coder<unknown>,
): [string, CoderFactory] {
  return [
    urn,
    (components) => {
      take(urn, components, 1);
      return make(components[0] as Coder<unknown>);
    },
  ];
}

function binary(
  urn: string,
  make: (first: Coder<unknown>, second: Coder<unknown>, payload: Uint8Array) => Coder<unknown>,
): [string, CoderFactory] {
  return [
    urn,
    (components, payload) => {
      take(urn, components, 2);
      const [first, second] = components as [Coder<unknown>, Coder<unknown>];
      return make(first, second, payload);
    },
  ];
}

/** Beam's standard coders and Beamline's own. */
export const STANDARD_CODERS: CoderRegistry = new CoderRegistry(
  new Map<string, CoderFactory>([
    atomic(bytes),
    atomic(stringUtf8),
    [
      varint.urn,
      (components, payload) => {
        take(varint.urn, components, 0);
        const big = Buffer.compare(payload, VARINT64_PAYLOAD) === 0;
        return big ? varint64 : varint;
      },
    ],
    atomic(double),
    atomic(bool),
    atomic(timestamp),
    atomic(globalWindow),
    atomic(intervalWindow),
    atomic(js),
    atomic(jsKey),
    unary("beam:coder:iterable:v1", iterable),
    unary("beam:coder:nullable:v1", nullable),
    unary("beam:coder:length_prefix:v1", lengthPrefix),
    [
      ROW_URN,
      (components, payload) => {
        take(ROW_URN, components, 0);
        return rowCoderOf(payload);
      },
    ],
    [UNION_URN, (components) => union(components)],
    binary("beam:coder:kv:v1", kv),
    binary("beam:coder:timer:v1", (key, window) => timer(key, window as Coder<Window>)),
    binary("beam:coder:windowed_value:v1", (value, window) =>
      windowedValue(value, window as Coder<Window>),
    ),
    binary("beam:coder:param_windowed_value:v1", (value, window, payload) =>
      paramWindowedValue(value, window as Coder<Window>, payload),
    ),
  ]),
);
