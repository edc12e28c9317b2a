import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import type { StateScope, TimerRecord } from "../../model/state-scope.js";
import { readBytes, readId, readText, writeBytes, writeId, writeText } from "./sized.js";

const SAME_NAMES = 1;
const PROCESSING_TIME = 2;

/** @param last - The timer that was written before: most have their names in common with it. */
export function writeTimer(
  out: ByteWriter,
  timer: TimerRecord,
  last: TimerRecord | undefined,
): void {
  const { step, family, tag, scope, domain, fireTimestamp, holdTimestamp } = timer;
  const isLike = step === last?.step && family === last.family && tag === last.tag;
  out.writeByte((isLike ? SAME_NAMES : 0) | (domain === "event-time" ? 0 : PROCESSING_TIME));
  if (!isLike) for (const text of [step, family, tag]) writeText(out, text);
  writeId(out, scope.id);
  writeBytes(out, scope.key);
  writeBytes(out, scope.window);
  out.writeFloat64(scope.expiry);
  out.writeFloat64(fireTimestamp);
  out.writeFloat64(holdTimestamp);
}

export function readTimer(input: ByteReader, last: TimerRecord | undefined): TimerRecord {
  const flags = input.readByte();
  const isLike = (flags & SAME_NAMES) !== 0 && last !== undefined;
  const { step, family, tag } = isLike
    ? last
    : { step: readText(input), family: readText(input), tag: readText(input) };
  const scope: StateScope = {
    id: readId(input),
    key: readBytes(input),
    window: readBytes(input),
    expiry: input.readFloat64(),
  };
  const domain = (flags & PROCESSING_TIME) === 0 ? "event-time" : "processing-time";
  const fireTimestamp = input.readFloat64();
  return { step, family, tag, scope, domain, fireTimestamp, holdTimestamp: input.readFloat64() };
}
