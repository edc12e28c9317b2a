import type { GraphBuilder, Label } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import { type CoGroup, coGroup } from "./co-group.js";

/** Which keys a join keeps besides those that both sides have. */
export interface JoinKind {
  readonly keepsLeft: boolean;
  readonly keepsRight: boolean;
}

export const INNER_JOIN: JoinKind = { keepsLeft: false, keepsRight: false };
export const LEFT_JOIN: JoinKind = { keepsLeft: true, keepsRight: false };
export const RIGHT_JOIN: JoinKind = { keepsLeft: false, keepsRight: true };
export const FULL_JOIN: JoinKind = { keepsLeft: true, keepsRight: true };

/** Joins two keyed PCollections into `[key, [left, right]]`, undefined for the side that lacks a key. */
export function joinPairs(
  builder: GraphBuilder,
  label: Label,
  kind: JoinKind,
  left: PCollectionId,
  right: PCollectionId,
): PCollectionId {
  return builder.composite(
    label,
    [left, right],
    (id: PCollectionId) => [id],
    () =>
      coGroup(
        builder,
        [
          ["left", left],
          ["right", right],
        ],
        "Pair",
        (group) => pairsOf(group, kind),
      ),
  );
}

/** Only the right side of a key is held in memory: put the one with fewer values per key there. */
function* pairsOf([key, values]: CoGroup, { keepsLeft, keepsRight }: JoinKind): Iterable<unknown> {
  const rights: unknown[] = [];
  let hasLeft = false;
  for (const [tag, value] of values) {
    if (tag === 1) rights.push(value);
    else hasLeft = true;
  }
  if (!hasLeft) {
    if (keepsRight) for (const right of rights) yield [key, [undefined, right]];
    return;
  }
  if (rights.length === 0 && !keepsLeft) return;
  for (const [tag, left] of values) {
    if (tag !== 0) continue;
    if (rights.length === 0) yield [key, [left, undefined]];
    for (const right of rights) yield [key, [left, right]];
  }
}
