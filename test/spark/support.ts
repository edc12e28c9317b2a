import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findJava } from "../../packages/cli/dist/jvm/java.js";
import { sparkJobServerCommand } from "../../packages/cli/dist/jvm/job-server-command.js";
import { ensureJobServerJar } from "../../packages/cli/dist/jvm/job-server-jar.js";
import { ensureSpark } from "../../packages/cli/dist/jvm/spark-installation.js";
import { JobServer } from "../../packages/cli/dist/jvm/start-job-server.js";

/** Starts Beam's job server, with Spark in the same process. */
export async function startJobServer(folder: string, master: string): Promise<JobServer> {
  const java = await findJava(process.env);
  const spark = await ensureSpark();
  const jar = await ensureJobServerJar("spark");
  const artifactsFolder = join(folder, "artifacts");
  return await JobServer.start(
    sparkJobServerCommand({ java, spark, jar, artifactsFolder, master }),
  );
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const WORDCOUNT = here("../../examples/wordcount.ts");
/** What a runner starts for workers on machines that have Beamline installed: this one. */
export const BOOT = here("../../packages/beamline/bin/beamline-boot");

export function pipelineFile(name: string): string {
  return here(`./pipelines/${name}.ts`);
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "beamline-spark-"));
}

/** A text to count, and some of the counts that must come out. */
export interface Text {
  readonly path: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Of King Lear, in Beam's guides and in ours. */
const COUNTS = { particular: 3, wish: 2, Either: 3, benison: 2, Duke: 30, Contending: 1 };

/** King Lear where somebody has put it beside the checkout, else a text with the same six counts. */
export function textToCount(folder: string): Text {
  const lear = here("../../../shared/data/kinglear.txt");
  if (existsSync(lear)) return { path: lear, counts: COUNTS };
  const path = join(folder, "input.txt");
  const told = Object.entries(COUNTS).flatMap(([word, count]) => Array(count).fill(word));
  const lines = Array.from({ length: 5000 }, (_, i) => `the line ${told[i] ?? "of"} many`);
  writeFileSync(path, lines.join("\n"));
  return { path, counts: COUNTS };
}

/** What WordCount wrote, as far as `text` says what it should be. */
export function countsIn(folder: string, prefix: string, { counts }: Text) {
  const found = new Map<string, number>();
  for (const line of linesIn(folder, prefix)) {
    const [word = "", count] = line.split(": ");
    found.set(word, (found.get(word) ?? 0) + Number(count));
  }
  return Object.fromEntries(Object.keys(counts).map((word) => [word, found.get(word)]));
}

/** The lines of all files with a prefix. */
export function linesIn(folder: string, prefix: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"))
    .filter((line) => line !== "");
}
