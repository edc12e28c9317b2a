import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface StreamedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In bytes. */
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal | undefined;
}

/** Sends a body of known size without holding it: what `fetch` can do only in chunked coding. */
export async function sendStream(options: StreamedRequest): Promise<Response> {
  const { method, url, headers, size, body, signal } = options;
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const outgoing = send(url, {
    method,
    headers: { ...headers, "content-length": String(size) },
    ...(signal === undefined ? {} : { signal }),
  });
  const answered = new Promise<Response>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const { statusCode = 500, headers: answers } = incoming;
      const plain = Object.entries(answers).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value] as [string, string]] : [],
      );
      const empty = [101, 204, 205, 304].includes(statusCode);
      const content = empty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
      if (empty) incoming.resume();
      resolve(new Response(content, { status: statusCode, headers: plain }));
    });
  });
  // A registry that refuses answers before it has everything; its answer says more than the reset.
  const sending = pipeline(Readable.from(body, { objectMode: false }), outgoing).catch(
    (error: unknown) => ({ error }),
  );
  const answer = await Promise.race([
    answered,
    sending.then(async (failed) => {
      if (failed === undefined) return answered;
      return Promise.race([answered, afterAWhile(failed.error)]);
    }),
  ]);
  return answer;
}

function afterAWhile(error: unknown): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error), 200).unref());
}
