import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { kill, pid } from "node:process";
import { BeamlineError } from "../../../model/errors.js";

/**
 * The folder of one job in a scratch folder, for what does not fit in memory. Whoever needs it first
 * makes it; it goes with everything in it when the job ends, also when the process does.
 */
export class ScratchFolder {
  private readonly root: string;
  private known: string | undefined;

  /** @param root - Default: the system's folder for temporary files. */
  constructor(root: string | undefined) {
    this.root = resolve(root ?? tmpdir());
  }

  /** Throws where it can be seen that nothing could be written. */
  check(): void {
    requireUsable(this.root);
  }

  /** Where it is, or will be: see {@link makeScratchFolder}. */
  get path(): string {
    if (this.known === undefined) {
      this.known = join(this.root, nameOf(pid, randomBytes(4).toString("hex")));
      process.on("exit", this.onExit);
    }
    return this.known;
  }

  remove(): void {
    if (this.known === undefined) return;
    process.off("exit", this.onExit);
    rmSync(this.known, { recursive: true, force: true });
    this.known = undefined;
  }

  private readonly onExit = (): void => {
    if (this.known !== undefined) rmSync(this.known, { recursive: true, force: true });
  };
}

/** Makes a job's folder, unless it is there. What dead jobs have left beside it is removed. */
export function makeScratchFolder(path: string): void {
  const root = dirname(path);
  requireUsable(root);
  if (existsSync(path)) return;
  removeDead(root);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    // Another thread of the job was first.
    if ((cause as { code?: unknown }).code === "EEXIST") return;
    throw new BeamlineError(
      "BAD_SCRATCH",
      `Cannot make a folder in the scratch folder ${root}: ${textOf(cause)}; name a folder with --scratch that can be written to`,
      { cause },
    );
  }
}

/** Names for the files of one thread in a job's folder, which is made for the first of them. */
export function newPathsIn(folder: string, owner: number): () => string {
  let files = 0;
  return () => {
    if (files === 0) makeScratchFolder(folder);
    return join(folder, `${owner}-${files++}.run`);
  };
}

function requireUsable(root: string): void {
  const cause = problemOf(root);
  if (cause === undefined) return;
  throw new BeamlineError(
    "BAD_SCRATCH",
    `Cannot use ${root} as the scratch folder: ${cause}; name a folder with --scratch that exists and can be written to`,
  );
}

/** What is wrong with a folder for scratch files, if anything is. */
function problemOf(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return "it is not a folder";
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code === "ENOENT") return "it does not exist";
    if (code === "EACCES" || code === "EROFS" || code === "EPERM") return "it can't be written to";
    return textOf(cause);
  }
}

/**
 * The name says whose a folder is: a machine, or container, and a process there with the time of its
 * start, since process numbers come around again.
 */
function nameOf(process: number, suffix: string): string {
  return `beamline-${host()}-${process}-${startOf(process) ?? 0}-${suffix}`;
}

function host(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}

const NAME = /^beamline-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{8}$/;

/** Removes what jobs of this machine have left whose processes are no more. */
function removeDead(root: string): void {
  for (const name of readdirSync(root)) {
    const [, machine, process = "", start] = NAME.exec(name) ?? [];
    if (machine !== host() || isAlive(Number(process), Number(start))) continue;
    rmSync(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(process: number, start: number): boolean {
  try {
    kill(process, 0);
  } catch (cause) {
    // A process of another user may be there, out of reach.
    return (cause as { code?: unknown }).code === "EPERM";
  }
  const actual = startOf(process);
  return actual === undefined || actual === start;
}

/** When a process started, in ticks of the system; undefined where systems do not say. */
function startOf(process: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, "latin1");
    // The name of the program stands in parentheses, and may hold any character.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[START_FIELD - FIRST_FIELD]);
  } catch {
    return undefined;
  }
}

/** Fields of `/proc/PID/stat`, counted from 1: the first one behind the name, and the start. */
const FIRST_FIELD = 3;
const START_FIELD = 22;

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
