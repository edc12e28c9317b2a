import { nameOf } from "../kube/kube-object.js";
import { formatBytes } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import { changeWords } from "./object-diff.js";
import { bytesToSend, type DeployPlan } from "./plan-deploy.js";

const MOST_CHANGES = 5;
const WIDTH = 7;

/** A plan for people: what is there, and what will be done. */
export function planLines(plan: DeployPlan, style: Style): string[] {
  const { app, image, bucket, uploads, objects } = plan;
  const line = (isDone: boolean, word: string, what: string) =>
    `    ${(isDone ? style.faint : style.warn)(word.padEnd(WIDTH))} ${what}`;
  return [
    style.strong(`Deploy ${app.namespace}/${app.name}`),
    `  image    ${shortDigests(image.reference)}`,
    ...image.layers.map(({ name, size, state }) =>
      line(state === "there", state, `${name}, ${formatBytes(size)}`),
    ),
    `  bucket   s3://${bucket}`,
    ...uploads.map(({ what, key, size, state }) =>
      line(
        state === "there",
        state,
        `${what}, ${formatBytes(size)}  ${style.faint(shortDigests(key))}`,
      ),
    ),
    "  objects",
    ...objects.flatMap(({ ref, action, changes }) => [
      line(action === "leave", action, nameOf(ref)),
      ...changes
        .slice(0, MOST_CHANGES)
        .map((change) => style.faint(`${" ".repeat(WIDTH + 7)}${changeWords(change)}`)),
    ]),
    `  to send  ${formatBytes(bytesToSend(plan))}`,
  ];
}

/** As many digits as people compare. */
function shortDigests(text: string): string {
  return text.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, "$1…");
}
