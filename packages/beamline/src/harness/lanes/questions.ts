import type { LaneAnswer, ToLane } from "../bundle/messages.js";
import type { Slot } from "./lane-pool.js";

interface Question {
  readonly slot: Slot;
  readonly resolve: (answer: LaneAnswer | undefined) => void;
}

/** What has been asked of lanes and not been answered. */
export class Questions {
  private readonly open = new Map<number, Question>();
  private asked = 0;

  /** Resolves with the lane's answer, or with undefined when it dies first. */
  ask(slot: Slot, message: (request: number) => ToLane): Promise<LaneAnswer | undefined> {
    const request = this.asked++;
    return new Promise((resolve) => {
      this.open.set(request, { slot, resolve });
      slot.handle.post(message(request));
    });
  }

  answer(request: number, answer: LaneAnswer): void {
    this.open.get(request)?.resolve(answer);
    this.open.delete(request);
  }

  /** The lane has died: nobody may wait for it for ever. */
  drop(slot: Slot): void {
    for (const [request, question] of this.open) {
      if (question.slot !== slot) continue;
      this.open.delete(request);
      question.resolve(undefined);
    }
  }
}
