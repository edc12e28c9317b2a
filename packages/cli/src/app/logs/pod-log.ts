import type { Readable } from "node:stream";
import type { KubeClient } from "../../kube/client.js";
import { KubeError } from "../../kube/kube-error.js";
import type { AppPod } from "../pods.js";
import { type LogLine, logLine } from "./log-line.js";

export interface PodLogOptions {
  readonly follow?: boolean;
  /** Only that many of the last lines. */
  readonly tail?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The lines of a pod's log as they come; none while its container has not started yet. */
export async function* podLog(
  client: KubeClient,
  namespace: string,
  pod: Pick<AppPod, "name" | "container" | "label">,
  { follow = false, tail, sinceSeconds, signal }: PodLogOptions = {},
): AsyncGenerator<LogLine, void, undefined> {
  let stream: Readable;
  try {
    stream = await client.stream({
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod.name)}/log`,
      query: {
        container: pod.container,
        timestamps: true,
        follow: follow || undefined,
        tailLines: tail,
        sinceSeconds,
      },
      action: `read the log of pod ${namespace}/${pod.name}`,
      signal,
    });
  } catch (error) {
    // Its container has not started, or the pod has just gone: there is no log.
    if (error instanceof KubeError && [400, 404, 500].includes(error.status)) return;
    throw error;
  }
  try {
    for await (const line of linesOf(stream)) yield logLine(pod.label, line);
  } catch (error) {
    // The pod went while its log was read, or nobody wants it any more.
    if (signal?.aborted !== true && !isHangUp(error)) throw error;
  } finally {
    stream.destroy();
  }
}

async function* linesOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk as Buffer, { stream: true });
    let end = rest.indexOf("\n");
    let start = 0;
    for (; end >= 0; end = rest.indexOf("\n", start)) {
      yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  if (rest !== "") yield rest;
}

function isHangUp(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ABORT_ERR";
}
