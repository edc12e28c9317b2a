import { nameOf } from "../kube/kube-object.js";
import { formatBytes } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import { changeWords } from "./object-diff.js";
import { bytesToSend, type DeployPlan } from "./plan-deploy.js";

const MOST_CHANGES = 5;

/** A plan for people: what is there, and what will be done. */
export function planLines(plan: DeployPlan, style: Style): string[] {
  const { app, image, bucket, uploads, objects } = plan;
  const mark = (done: boolean, word: string) => (done ? style.faint(word) : style.warn(word)).padEnd(
    WIDTH + (done ? style.faint("") : style.warn("")).length,
  );
  return [
    style.strong(`Deploy ${app.namespace}/${app.name}`),
    `  image    ${image.reference}`,
    ...image.layers.map(
      ({ name, size, state }) => `    ${mark(state === "there", state)} ${name}, ${formatBytes(size)}`,
    ),
    `  bucket   s3://${bucket}`,
    ...uploads.map(
      ({ what, key, size, state }) =>
        `    ${mark(state === "there", state)} ${what}, ${formatBytes(size)}  ${style.faint(key)}`,
    ),
    "  objects",
    ...objects.flatMap(({ ref, action, changes }) => [
      `    ${mark(action === "leave", action)} ${nameOf(ref)}`,
      ...changes
        .slice(0, MOST_CHANGES)
        .map((change) => style.faint(`${" ".repeat(WIDTH + 7)}${changeWords(change)}`)),
    ]),
    `  to send  ${formatBytes(bytesToSend(plan))}`,
  ];
}

const WIDTH = 7;
