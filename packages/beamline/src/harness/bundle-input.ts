import type { ElementsData, ElementsTimers } from "../proto/elements-codec.js";

/** Elements of one bundle at one source, or timers of one family. */
export interface Segment extends ElementsData {
  /** Undefined where these are elements. */
  readonly timerFamilyId?: string;
}

/** Timers in the form of elements. */
export function segmentOfTimers({ timers, ...segment }: ElementsTimers): Segment {
  return { ...segment, data: timers };
}

/** Bytes that may have come in for one bundle and not be worked on yet. */
const LIMIT_BYTES = 16 * 1024 * 1024;
/** Bundles that are over and whose late data is dropped. A runner may send on after a failure. */
const REMEMBERED = 10_000;

interface Backlog {
  /** What came before the bundle itself: data and control are different streams. */
  early: Segment[];
  bytes: number;
  room: (() => void) | undefined;
  wait: Promise<void> | undefined;
}

/** Keeps count of the input of each bundle, so that nobody is sent more than it can take. */
export class BundleInput {
  private readonly backlogs = new Map<string, Backlog>();
  private readonly over = new Set<string>();

  /** The bundle is there: hands out what came before it. */
  begin(instruction: string): readonly Segment[] {
    this.over.delete(instruction);
    const backlog = this.backlogOf(instruction);
    const { early } = backlog;
    backlog.early = [];
    return early;
  }

  /** Counts a segment; the promise, if there is one, resolves when there is room for more. */
  arrived(segment: Segment, isActive: boolean): Promise<void> | undefined {
    const { instructionId, data } = segment;
    if (this.over.has(instructionId)) return undefined;
    const backlog = this.backlogOf(instructionId);
    if (!isActive) backlog.early.push(segment);
    backlog.bytes += data.length;
    if (backlog.bytes <= LIMIT_BYTES) return undefined;
    backlog.wait ??= new Promise((resolve) => {
      backlog.room = resolve;
    });
    return backlog.wait;
  }

  consumed(instruction: string, size: number): void {
    const backlog = this.backlogs.get(instruction);
    if (backlog === undefined) return;
    backlog.bytes -= size;
    if (backlog.bytes <= LIMIT_BYTES / 2) makeRoom(backlog);
  }

  end(instruction: string): void {
    const backlog = this.backlogs.get(instruction);
    if (backlog !== undefined) makeRoom(backlog);
    this.backlogs.delete(instruction);
    this.over.add(instruction);
    if (this.over.size <= REMEMBERED) return;
    const [oldest] = this.over;
    if (oldest !== undefined) this.over.delete(oldest);
  }

  private backlogOf(instruction: string): Backlog {
    let backlog = this.backlogs.get(instruction);
    if (backlog === undefined) {
      backlog = { early: [], bytes: 0, room: undefined, wait: undefined };
      this.backlogs.set(instruction, backlog);
    }
    return backlog;
  }
}

function makeRoom(backlog: Backlog): void {
  backlog.room?.();
  backlog.room = undefined;
  backlog.wait = undefined;
}
