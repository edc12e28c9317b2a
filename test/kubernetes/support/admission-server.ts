import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server that an API server asks before it takes an object. */
export interface AdmissionServer {
  readonly url: string;
  /** Base64 of the certificate to trust. */
  readonly caBundle: string;
  /** What it says from now on; undefined permits. */
  deny(reason: string | undefined): void;
  close(): Promise<void>;
}

export async function startAdmissionServer(): Promise<AdmissionServer> {
  const folder = mkdtempSync(join(tmpdir(), "beamline-admission-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-days", "2", "-subj", "/CN=admission", "-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-keyout", keyFile, "-out", certFile],
    ],
    { stdio: "ignore" },
  );
  const cert = readFileSync(certFile);
  const key = readFileSync(keyFile);
  rmSync(folder, { recursive: true });
  let denial: string | undefined;
  const server = createServer({ key, cert }, (request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const { apiVersion, kind, request: asked } = JSON.parse(text);
      const status = denial === undefined ? {} : { status: { message: denial } };
      const answer = { uid: asked.uid, allowed: denial === undefined, ...status };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ apiVersion, kind, response: answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/mutate`,
    caBundle: cert.toString("base64"),
    deny(reason) {
      denial = reason;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
