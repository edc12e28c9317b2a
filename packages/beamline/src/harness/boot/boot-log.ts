import { appendFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What happened at start, in a file: runners mostly send a worker's output to nowhere. Written at
 * once and synchronously, since the process may be about to end.
 */
export class BootLog {
  readonly path: string;

  constructor(workerId: string, folder = tmpdir()) {
    this.path = join(folder, `beamline-boot-${workerId.replace(/[^A-Za-z0-9_.-]/g, "_")}.log`);
    try {
      mkdirSync(folder, { recursive: true });
    } catch {
      // Then writing fails too.
    }
  }

  write(text: string): void {
    const line = `${new Date().toISOString()} ${text}\n`;
    try {
      appendFileSync(this.path, line);
    } catch {
      // A worker that cannot write its log can work all the same.
    }
    process.stderr.write(line);
  }
}
