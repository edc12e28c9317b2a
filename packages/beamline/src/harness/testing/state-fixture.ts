import { create } from "@bufbuild/protobuf";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { bytes } from "../../coders/bytes.js";
import { globalWindow } from "../../coders/global-window.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { windowedValue } from "../../coders/windowed-value.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import { functionSpec } from "../../proto/function-spec.js";
import type { ProcessBundleDescriptor } from "../../proto/gen/fn-execution/control_pb.js";
import { CoderSchema } from "../../proto/gen/pipeline/coder_pb.js";
import { coderUrns } from "../../proto/urns.js";

/** Makes the groups of a stage KV<string, state backed iterable of strings>. */
export function keepGroupsInState({ coders }: ProcessBundleDescriptor): void {
  const coder = (urn: string, componentCoderIds: string[] = []) =>
    create(CoderSchema, { spec: functionSpec(urn), componentCoderIds });
  coders.text = coder(coderUrns.stringUtf8);
  coders.values = coder(coderUrns.stateBackedIterable, ["text"]);
  for (const [id, { spec, componentCoderIds }] of Object.entries(coders)) {
    const [, second = ""] = componentCoderIds;
    if (spec?.urn !== coderUrns.kv || coders[second]?.spec?.urn !== coderUrns.iterable) continue;
    coders[id] = coder(coderUrns.kv, ["text", "values"]);
  }
}

/** A group whose first values come along, and whose others lie in state under `key`. */
export function stateBackedGroup(
  group: string,
  inline: readonly string[],
  key: string,
): Uint8Array {
  const out = new ByteWriter();
  windowedValue(bytes, globalWindow).encodeMeta(IMPULSE_META, out);
  stringUtf8.encode(group, out);
  out.writeInt32(-1);
  if (inline.length > 0) out.writeVarint(inline.length);
  for (const value of inline) stringUtf8.encode(value, out);
  out.writeVarint(-1);
  bytes.encode(Buffer.from(key), out);
  return out.toBytes();
}

/** Values as they stand in state, in pages that are cut off anywhere. */
export function pagesOf(values: readonly string[], pageBytes: number): Uint8Array[] {
  const out = new ByteWriter();
  for (const value of values) stringUtf8.encode(value, out);
  const all = out.toBytes();
  const pages: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += pageBytes) pages.push(all.slice(at, at + pageBytes));
  return pages;
}
