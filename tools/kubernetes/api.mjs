import { readFileSync } from "node:fs";
import { request } from "node:https";

/**
 * How to reach the API server of a test cluster.
 * @typedef {{ server: string, token: string, ca: string }} Access `ca` is the path of its certificate
 * @typedef {{ name: string, namespace?: string, labels?: Record<string, string> }} Metadata
 * @typedef {{ apiVersion: string, kind: string, metadata: Metadata, [field: string]: unknown }} KubeObject
 */

/**
 * Sends a request and returns the answer's body; any status of 400 and more is an error.
 * @param {Access} access
 * @param {string} method
 * @param {string} path
 * @param {{ body?: string, type?: string }} [options]
 * @returns {Promise<string>}
 */
export function api({ server, token, ca }, method, path, { body, type = "application/json" } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, server),
      {
        method,
        ca: readFileSync(ca),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": type }),
        },
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          if ((response.statusCode ?? 500) < 400) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * Creates an object or changes it to what is given (server-side apply).
 * @param {Access} access
 * @param {string} plural
 * @param {KubeObject} object
 */
export function apply(access, plural, object) {
  const { apiVersion, metadata } = object;
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const space = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const path = `${group}${space}/${plural}/${metadata.name}?fieldManager=test-cluster&force=true`;
  const type = "application/apply-patch+yaml";
  return api(access, "PATCH", path, { body: JSON.stringify(object), type });
}
