/** What is longer is moved by native code: calling that costs as much as moving this. */
const SHORT = 72;

/**
 * Moves the record `[from, to)` within a memory, to `target`: four bytes at a time, the last four
 * once more where they are no full word. No record is shorter than that.
 *
 * @param view - Over all of `bytes`.
 */
export function moveRecord(
  bytes: Buffer,
  view: DataView,
  target: number,
  from: number,
  to: number,
): void {
  if (to - from > SHORT) {
    bytes.copyWithin(target, from, to);
    return;
  }
  const last = to - 4;
  const shift = target - from;
  for (let at = from; at < last; at += 4) view.setInt32(at + shift, view.getInt32(at));
  view.setInt32(last + shift, view.getInt32(last));
}

/** Beyond this, the object that a native copy between two memories needs is worth making. */
const SHORT_BETWEEN = 256;

/** Copies the record `[from, to)` of one memory to `target` in another. */
export function copyRecord(
  source: Uint8Array,
  sourceView: DataView,
  from: number,
  to: number,
  bytes: Uint8Array,
  view: DataView,
  target: number,
): void {
  if (to - from > SHORT_BETWEEN) {
    bytes.set(source.subarray(from, to), target);
    return;
  }
  const last = to - 4;
  const shift = target - from;
  for (let at = from; at < last; at += 4) view.setInt32(at + shift, sourceView.getInt32(at));
  view.setInt32(last + shift, sourceView.getInt32(last));
}
