import type { SpillSpace } from "../../engine/spill/spill-space.js";
import type { BundleSource } from "../../exec/bundle-processor.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import { MIN_TIMESTAMP } from "../../model/time.js";
import { BlockInput } from "./block-input.js";
import type { BundleWork } from "./bundle-work.js";
import { END } from "./end.js";
import { feedElements } from "./feed-elements.js";
import { feedGroups, feedWindowedGroups } from "./feed-groups.js";
import { feedShard, feedWholeKeys } from "./feed-keyed.js";
import type { RestrictionFeed } from "./feed-restrictions.js";
import { feedTriggered } from "./feed-triggered.js";
import type { PlannedStage } from "./plan.js";
import type { Shard } from "./shard.js";

/**
 * Feeds a stage with the blocks of its dataset, or with an impulse where it has none.
 *
 * @param shard - What the stage keeps for the keys of this bundle, where it keeps anything.
 * @param restrictions - Who feeds the restrictions of a source that may be split meanwhile.
 * @param space - Reads what blocks have on disk. Default: they have nothing there.
 */
export function sourceOf(
  { dataset, testStream, isBounded }: PlannedStage,
  { blocks, times, range }: Pick<BundleWork, "blocks" | "times" | "range">,
  shard: Shard | undefined,
  restrictions?: RestrictionFeed,
  space?: SpillSpace,
): BundleSource {
  const input = new BlockInput(blocks, range, space);
  return {
    feed(entries, gate, timers) {
      // A stage of the local plan has one input.
      const [receive] = entries.values();
      if (receive === undefined) throw internalError("A stage has no input");
      if (testStream !== undefined) return feedElements(testStream.coder, blocks, receive, gate);
      if (dataset === undefined) return receive(new Uint8Array(0), IMPULSE_META);
      if (restrictions !== undefined) return restrictions.feed(receive, gate);
      switch (dataset.kind) {
        case "groups":
          switch (dataset.grouping) {
            case "triggered":
              if (shard?.grouper === undefined) throw internalError("Triggers need a shard");
              return feedTriggered(dataset.coder, shard.grouper, receive, gate, {
                input: input.records(),
                arrival: isBounded ? { ...times, watermark: MIN_TIMESTAMP } : times,
                end: isBounded ? END : times,
              });
            case "byWindow":
              return feedWindowedGroups(dataset.coder, input.groups(), receive, gate);
            default:
              return feedGroups(dataset.coder, input.groups(), receive, gate);
          }
        case "keyed": {
          if (shard?.state === undefined) throw internalError("State needs a shard");
          const target = { receive, gate, timers };
          return isBounded
            ? feedWholeKeys(dataset.coder, input.groups(), times, shard.state, target)
            : feedShard(dataset.coder, blocks, times, shard.state, target);
        }
        default:
          return feedElements(dataset.coder, input.elements(), receive, gate);
      }
    },
  };
}
