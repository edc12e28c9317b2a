import { writeFile } from "node:fs/promises";
import type { Session } from "node:inspector/promises";

/**
 * Samples what the calling thread runs, a thousand times a second, for a `.cpuprofile` that Chrome's
 * DevTools and VS Code open.
 */
export class CpuProfile {
  private readonly session: Session;

  private constructor(session: Session) {
    this.session = session;
  }

  static async start(): Promise<CpuProfile> {
    const { Session } = await import("node:inspector/promises");
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    return new CpuProfile(session);
  }

  /** Ends the profile; nothing is left of it. */
  stop(): void {
    this.session.disconnect();
  }

  /** Ends the profile and writes it. */
  async write(file: string): Promise<void> {
    const { profile } = await this.session.post("Profiler.stop");
    this.session.disconnect();
    await writeFile(file, JSON.stringify(profile));
  }
}
