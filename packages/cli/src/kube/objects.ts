import type { KubeClient } from "./client.js";
import { isNotFound } from "./kube-error.js";
import { type KubeObject, type KubeRef, nameOf, refOf } from "./kube-object.js";
import { pathOf } from "./resources.js";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Owner of the fields that we set, by server-side apply. */
export const FIELD_MANAGER = "beamline";

/** The object, or undefined when there is none. */
export async function getObject<T extends KubeObject>(
  client: KubeClient,
  ref: KubeRef,
  options: CallOptions = {},
): Promise<T | undefined> {
  try {
    return await client.json<T>({ path: pathOf(ref), action: `read ${nameOf(ref)}`, ...options });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export interface ListRequest extends CallOptions {
  readonly apiVersion: string;
  readonly kind: string;
  /** Default: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** All objects of a kind; in pages, so that a large cluster's list never comes as one answer. */
export async function listObjects<T extends KubeObject>(
  client: KubeClient,
  { signal, timeoutMs, ...list }: ListRequest,
): Promise<readonly T[]> {
  const { apiVersion, kind, labelSelector, fieldSelector } = list;
  const items: T[] = [];
  let page: string | undefined;
  do {
    const answer: { readonly items: readonly T[]; readonly metadata?: { continue?: string } } =
      await client.json({
        path: pathOf(list),
        query: { labelSelector, fieldSelector, limit: 500, continue: page },
        action: `list ${kind}s${list.namespace === undefined ? "" : ` in ${list.namespace}`}`,
        signal,
        timeoutMs,
      });
    // Items of a list come without their kind.
    for (const item of answer.items) items.push({ ...item, apiVersion, kind });
    page = answer.metadata?.continue || undefined;
  } while (page !== undefined);
  return items;
}

export interface WriteOptions extends CallOptions {
  /** Everything but the write happens: admission and validation too. */
  readonly dryRun?: boolean | undefined;
}

/** Creates an object; unknown fields are refused (`fieldValidation=Strict`). */
export async function createObject<T extends KubeObject>(
  client: KubeClient,
  object: T,
  { dryRun, ...options }: WriteOptions = {},
): Promise<T> {
  const ref = refOf(object);
  return await client.json<T>({
    method: "POST",
    path: pathOf({ ...ref, name: undefined }),
    query: {
      fieldManager: FIELD_MANAGER,
      fieldValidation: "Strict",
      dryRun: dryRun === true ? "All" : undefined,
    },
    body: object,
    action: `create ${nameOf(ref)}`,
    ...options,
  });
}

/** Creates an object, or brings it to what is given here (server-side apply). */
export async function applyObject<T extends KubeObject>(
  client: KubeClient,
  object: T,
  { dryRun, ...options }: WriteOptions = {},
): Promise<T> {
  const ref = refOf(object);
  return await client.json<T>({
    method: "PATCH",
    path: pathOf(ref),
    query: {
      fieldManager: FIELD_MANAGER,
      fieldValidation: "Strict",
      force: true,
      dryRun: dryRun === true ? "All" : undefined,
    },
    // JSON is YAML, which is what this media type asks for.
    contentType: "application/apply-patch+yaml",
    body: object,
    action: `apply ${nameOf(ref)}`,
    ...options,
  });
}

export interface DeleteOptions extends CallOptions {
  /** Default: `Background`: what it owns goes after it. */
  readonly propagation?: "Background" | "Foreground" | "Orphan" | undefined;
}

/** Deletes an object; false when there was none. */
export async function deleteObject(
  client: KubeClient,
  ref: KubeRef,
  { propagation = "Background", ...options }: DeleteOptions = {},
): Promise<boolean> {
  try {
    await client.json({
      method: "DELETE",
      path: pathOf(ref),
      query: { propagationPolicy: propagation },
      action: `delete ${nameOf(ref)}`,
      ...options,
    });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
