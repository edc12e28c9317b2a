import { readFileSync, writeFileSync } from "node:fs";

/** @import { Access } from "./api.mjs" */

/**
 * Writes a kubeconfig with one context, which is called beamline-test.
 * @param {string} path
 * @param {Access} access
 */
export function writeKubeconfig(path, { server, token, ca }) {
  const authority = readFileSync(ca).toString("base64");
  const name = "beamline-test";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "default" } }],
    "current-context": name,
  };
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
