import { chmod, copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatReference } from "./oci/reference.js";
import { type ImagePlan, imagePaths, SPARK_USER } from "./plan-image.js";

/** The plan as a Dockerfile, for those who build with Docker. */
export function dockerfile(plan: ImagePlan): string {
  const { base, changes, layers } = plan;
  const { home } = imagePaths;
  const blocks = [...new Set(layers.map(({ name }) => name))].map((name) => {
    const { holds, platform } = layers.find((layer) => layer.name === name) ?? { holds: "" };
    const folder = platform === undefined ? name : `${name}-\${TARGETARCH}`;
    return `# ${holds}\nCOPY ${folder}/ /`;
  });
  const labels = Object.entries(changes.labels).map(
    ([name, value]) => `LABEL ${JSON.stringify(name)}=${JSON.stringify(value)}`,
  );
  const env = Object.entries(changes.env).map(([name, value]) => `ENV ${name}=${value}`);
  return `${[
    `FROM ${formatReference(base)}`,
    "# Set by BuildKit; the classic builder needs --build-arg for another one.",
    "ARG TARGETARCH=amd64",
    "USER root",
    ...blocks,
    "# Java and Spark want a user who has a name and a home.",
    `RUN mkdir -p ${home} && chown ${SPARK_USER}:${SPARK_USER} ${home} && (getent passwd ${SPARK_USER} >/dev/null || echo 'spark:x:${SPARK_USER}:0::${home}:/bin/sh' >> /etc/passwd)`,
    ...env,
    ...labels,
    `USER ${changes.user}`,
  ].join("\n")}\n`;
}

/** The command that builds and pushes it. */
export function buildxLine(plan: ImagePlan, folder: string): string {
  const name = formatReference(plan.target);
  return `docker buildx build --platform ${plan.platforms.join(",")} --tag ${name} --push ${folder}`;
}

/** Writes the Dockerfile and, beside it, the files that it copies. */
export async function writeDockerContext(plan: ImagePlan, folder: string): Promise<void> {
  const ignored = [".dockerignore", "Dockerfile"];
  for (const { name, platform, content } of plan.layers) {
    const part = platform === undefined ? name : `${name}-${platform.split("/").at(-1)}`;
    for (const entry of content.entries) {
      const path = join(folder, part, entry.path);
      await mkdir(dirname(path), { recursive: true });
      if (entry.kind === "file") {
        if ("bytes" in entry.content) await writeFile(path, entry.content.bytes);
        else await copyFile(entry.content.file, path);
        await chmod(path, entry.mode);
      } else if (entry.kind === "link") {
        await rm(path, { force: true });
        await symlink(entry.target, path);
      }
    }
  }
  await writeFile(join(folder, "Dockerfile"), dockerfile(plan));
  await writeFile(join(folder, ".dockerignore"), `${ignored.join("\n")}\n`);
}
