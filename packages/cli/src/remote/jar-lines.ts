import type { ExecutableJarContents } from "beamline/jar";
import { formatBytes } from "../run/units.js";
import type { Style } from "../terminal/style.js";

/** What an executable jar holds, for people. */
export function jarLines(contents: ExecutableJarContents, style: Style): string[] {
  const { jobName, mainClass, optionsJson, environments, artifacts, entries } = contents;
  const options: Readonly<Record<string, unknown>> = JSON.parse(optionsJson);
  return [
    `${style.strong(jobName)}  ${mainClass ?? "no Main-Class"}, ${entries} entries`,
    "",
    style.faint("options"),
    ...Object.entries(options).map(([name, value]) => `  ${name} = ${plain(value)}`),
    "",
    style.faint("workers"),
    ...environments.flatMap(({ id, urn, target, sdk, dependencies }) => [
      `  ${id}: ${urn}${target === undefined ? "" : ` ${target}`}${sdk === undefined ? "" : ` (${sdk})`}`,
      ...dependencies.map(({ stagedName = "?", path = "?" }) => `    ${stagedName}  ${path}`),
    ]),
    "",
    style.faint("artifacts"),
    ...artifacts.map(({ id, size, sha256 }) => `  ${id}  ${formatBytes(size)}  sha256 ${sha256}`),
  ];
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
