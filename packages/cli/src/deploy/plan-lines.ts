import { nameOf } from "../kube/kube-object.js";
import { formatBytes } from "../run/units.js";
import type { Style } from "../terminal/style.js";
import { shortDigests } from "../text/short-digests.js";
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
    ...image.layers
      // A kilobyte each, which says how the layers go together.
      .filter(({ name }) => !name.startsWith("config"))
      .map(({ name, size, state }) =>
        line(state === "there", state, `${name}, ${formatBytes(size)}`),
      ),
    `  bucket   s3://${bucket}`,
    ...uploads.map(({ what, key, size, state }) =>
      line(
        state === "there",
        state,
        `${what}${size === 0 ? "" : `, ${formatBytes(size)}`}  ${style.faint(shortDigests(key))}`,
      ),
    ),
    "  objects",
    ...objects.flatMap(({ ref, action, changes }) => [
      line(action === "leave", action, nameOf(ref)),
      ...changes
        // Follows from the image.
        .filter(({ path }) => !path.endsWith(".beamline.dev/code"))
        .slice(0, MOST_CHANGES)
        .map((change) => style.faint(`${" ".repeat(WIDTH + 7)}${changeWords(change)}`)),
    ]),
    `  to send  ${formatBytes(bytesToSend(plan))}`,
  ];
}
