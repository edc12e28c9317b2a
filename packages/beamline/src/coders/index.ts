export { ByteReader } from "../bytes/byte-reader.js";
export { ByteWriter } from "../bytes/byte-writer.js";
export { AtomicCoder } from "./atomic-coder.js";
export { bool } from "./bool.js";
export { bytes } from "./bytes.js";
export type { Coder, CoderValue } from "./coder.js";
export { decodeFromBytes, decodeOuter, encodeOuter, encodeToBytes } from "./contexts.js";
export { deterministicCoder } from "./deterministic.js";
export { double } from "./double.js";
export { globalWindow } from "./global-window.js";
export { intervalWindow } from "./interval-window.js";
export { type IterableCoder, iterable } from "./iterable.js";
export { js } from "./js.js";
export { jsKey } from "./js-key.js";
export { type KvCoder, kv } from "./kv.js";
export { type LengthPrefixCoder, lengthPrefix } from "./length-prefix.js";
export { type NullableCoder, nullable } from "./nullable.js";
export { type ParamWindowedValueCoder, paramWindowedValue } from "./param-windowed-value.js";
export {
  type CoderFactory,
  CoderRegistry,
  type CoderSpec,
  STANDARD_CODERS,
  specFromCoder,
} from "./registry.js";
export { stringUtf8 } from "./string-utf8.js";
export { type ClearedTimer, type SetTimer, type Timer, type TimerCoder, timer } from "./timer.js";
export { timestamp } from "./timestamp.js";
export { varint, varint64 } from "./varint.js";
export { type WindowedValue, type WindowedValueCoder, windowedValue } from "./windowed-value.js";
