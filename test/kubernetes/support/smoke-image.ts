import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureS3aJars } from "../../../packages/cli/dist/jvm/s3a-jars.js";
import { ensureSpark } from "../../../packages/cli/dist/jvm/spark-installation.js";
import { ensureSparkBase, SPARK_IMAGE_CONFIG } from "../../../tools/kubernetes/base-image.mjs";
import { cached, ensure } from "../../../tools/kubernetes/cache.mjs";
import { writeImageLayout } from "../../../tools/kubernetes/image-layout.mjs";
import { mustRun } from "../../../tools/lib/run.mjs";

const SOURCE = fileURLToPath(new URL("../pods/smoke/Smoke.java", import.meta.url));

/** An image layout: Spark, what it needs for s3a://, and Smoke.java as /opt/smoke.jar. */
export async function ensureSmokeImage(): Promise<string> {
  const key = createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 8);
  const base = await ensureSparkBase();
  const s3a = await ensureS3aJars();
  const { home } = await ensureSpark();
  return ensure(cached("image-smoke", key), async (scratch) => {
    const classes = join(scratch, "classes");
    await mustRun("javac", ["-cp", join(home, "jars", "*"), "-d", classes, SOURCE]);
    const root = join(scratch, "root");
    mkdirSync(join(root, "opt/spark"), { recursive: true });
    const isPart = (path: string) => !path.endsWith(".json");
    cpSync(s3a.folder, join(root, "opt/spark/jars"), { recursive: true, filter: isPart });
    await mustRun("jar", ["--create", "--file", join(root, "opt/smoke.jar"), "-C", classes, "."]);
    const layout = join(scratch, "layout");
    const config = SPARK_IMAGE_CONFIG;
    await writeImageLayout(layout, [{ architecture: "amd64", config, base, folders: [root] }]);
    return layout;
  });
}
