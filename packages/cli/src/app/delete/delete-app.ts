import type { FlagValues } from "../../command/command.js";
import type { deleteFlags } from "../../commands/app/delete-flags.js";
import { removeApp } from "../../deploy/remove-app.js";
import type { KubeClient } from "../../kube/client.js";
import { nameOf, refOf } from "../../kube/kube-object.js";
import { deleteObject } from "../../kube/objects.js";
import type { Cli } from "../../terminal/cli.js";
import type { Terminal } from "../../terminal/terminal.js";
import { shortDigests } from "../../text/short-digests.js";
import { podsOf } from "../pods.js";
import { SCHEDULED_SPARK_APPLICATION } from "../scheduled-application.js";
import type { App } from "../spark-application.js";
import { type Storage, s3Place } from "../storage.js";
import { type AppAtHand, withApp } from "../with-app.js";
import { findBelongings } from "./find-belongings.js";
import { type DeletePlan, planDelete } from "./plan-delete.js";

/** Deletes an application with all that belongs to it, and says what is left. */
export async function deleteApp(
  name: string,
  flags: FlagValues<typeof deleteFlags>,
  cli: Cli,
  terminal: Terminal,
): Promise<void> {
  const remove = async ({ client, app, buckets: open, signal }: AppAtHand) => {
    const there = await findBelongings(client, app, open, signal);
    const { keepHistory = false, results = false, ecr = false, dryRun = false } = flags;
    const plan = planDelete(there, { keepHistory, results, ecr });
    const removed: string[] = [];
    if (app.schedule !== undefined) {
      removed.push(`ScheduledSparkApplication ${name}`);
      const { namespace } = app;
      // First: it would start another run.
      const ref = { ...SCHEDULED_SPARK_APPLICATION, namespace, name };
      if (!dryRun) await deleteObject(client, ref, { signal });
    }
    for (const each of app.schedule === undefined ? [app] : there.runs) {
      const words = dryRun
        ? await wouldGo(client, each, signal)
        : await removeApp(client, each, signal);
      // A run may have gone with its schedule already.
      const itself = `SparkApplication ${each.name}`;
      removed.push(...(words.includes(itself) ? words : [itself, ...words]));
    }
    if (!dryRun) await applyDelete(client, plan, { flags, open, signal });
    removed.push(...plannedWords(plan));
    if (terminal.json) terminal.document({ dryRun, removed, left: plan.left });
    else terminal.data(deleteLines(removed, plan, dryRun, terminal).join("\n"));
  };
  await withApp(name, flags, cli, remove, { schedules: true });
}

async function wouldGo(client: KubeClient, { namespace, name }: App, signal: AbortSignal) {
  const pods = await podsOf(client, namespace, name, signal);
  return [`SparkApplication ${name}`, ...pods.map((pod) => `Pod ${pod.name}`)];
}

const NOTHING = new Uint8Array();

interface ApplyContext {
  readonly flags: FlagValues<typeof deleteFlags>;
  readonly open: (bucket: string) => Promise<Storage>;
  readonly signal: AbortSignal;
}

async function applyDelete(
  client: KubeClient,
  { bucket, keys, keepFolder, results, objects, repository }: DeletePlan,
  { flags, open, signal }: ApplyContext,
): Promise<void> {
  if (bucket !== undefined && keys.length > 0) {
    const storage = await open(bucket);
    // First: an application that starts meanwhile fails without it.
    if (keepFolder !== undefined) await storage.put(keepFolder, NOTHING, "application/x-directory");
    await storage.deleteMany(keys);
  }
  const byBucket = new Map<string, string[]>();
  for (const url of results) {
    const place = s3Place(url);
    if (place === undefined) continue;
    byBucket.set(place.bucket, [...(byBucket.get(place.bucket) ?? []), place.key]);
  }
  for (const [each, resultKeys] of byBucket) await (await open(each)).deleteMany(resultKeys);
  for (const object of objects) await deleteObject(client, refOf(object), { signal });
  if (repository !== undefined) {
    const { Ecr, ecrRegistry } = await import("../../aws/ecr.js");
    const [host = "", ...name] = repository.split("/");
    const registry = ecrRegistry(host);
    if (registry !== undefined) {
      await new Ecr(registry, { profile: flags.awsProfile }).deleteRepository(
        name.join("/"),
        signal,
      );
    }
  }
}

function plannedWords({ bucket, keys, results, objects, repository }: DeletePlan): string[] {
  return [
    ...objects.map((object) => nameOf(refOf(object))),
    ...keys.map((key) => `s3://${bucket}/${key}`),
    ...results,
    ...(repository === undefined ? [] : [`the repository ${repository}`]),
  ];
}

function deleteLines(
  removed: readonly string[],
  { left }: DeletePlan,
  dryRun: boolean,
  { dataStyle: style }: Terminal,
): string[] {
  const word = dryRun ? "would go" : "deleted";
  const stay = dryRun ? "would stay" : "left";
  return [
    ...removed.map((what) => `${style.bad(word)}  ${shortDigests(what)}`),
    ...left.map(({ what, why }) => `${style.good(stay)}  ${what} ${style.faint(`(${why})`)}`),
    ...(left.length === 0
      ? [style.faint(dryRun ? "Nothing would stay." : "Nothing is left.")]
      : []),
  ];
}
