import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BeamlineError } from "../../model/errors.js";
import { CpuProfile } from "./cpu-profile.js";

/** The CPU profiles of a run, one for each thread that came to its end. */
export class JobProfiles {
  private readonly folder: string;
  /** Begins the files' names: tells a run from those before it. */
  private readonly prefix: string;
  private readonly files: string[] = [];
  private own: CpuProfile | undefined;

  constructor(folder: string, job: string, startedAt: Date) {
    this.folder = folder;
    const second = startedAt.toISOString().slice(0, 19).replaceAll(":", "");
    this.prefix = `${job.replaceAll(/[^\w.-]/g, "_")}-${second}`;
  }

  /** Begins that of the calling thread. */
  async start(): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BeamlineError(
        "BAD_PROFILE_FOLDER",
        `Cannot write profiles to "${this.folder}": ${reason}; name another folder`,
        { cause },
      );
    }
    this.own = await CpuProfile.start();
  }

  /** Where the next worker thread is to write its own when it closes. */
  nextThread(): string {
    const file = this.fileOf(`worker-${this.files.length + 1}`);
    this.files.push(file);
    return file;
  }

  /** Ends that of the calling thread without a file. */
  abandon(): void {
    this.own?.stop();
    this.own = undefined;
  }

  /** Writes that of the calling thread. Returns all files; threads that died have left none. */
  async finish(): Promise<string[]> {
    const main = this.fileOf("main");
    await this.own?.write(main);
    this.own = undefined;
    return [main, ...this.files].filter((file) => existsSync(file));
  }

  private fileOf(thread: string): string {
    return join(this.folder, `${this.prefix}-${thread}.cpuprofile`);
  }
}
