import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { api } from "./api.mjs";
import { makeCertificates } from "./certificates.mjs";
import { writeKubeconfig } from "./kubeconfig.mjs";

/**
 * @import { Access } from "./api.mjs"
 * @import { Servers } from "./servers.mjs"
 */

/** The one that tests use; it may do anything. */
export const ADMIN_TOKEN = "admin-of-the-test-cluster";
export const SERVICE_RANGE = "10.96.0.0/16";

/**
 * Starts etcd and the API server, and installs the operator's resource types.
 * @param {object} options
 * @param {Servers} options.servers
 * @param {string} options.folder
 * @param {string} options.programs folder with kube-apiserver and etcd
 * @param {string} options.crds folder with the operator's resource types
 * @param {string} options.address of the API server
 * @param {number} [options.port] one that is free where it is left out
 * @returns {Promise<Access>}
 */
export async function startControlPlane({ servers, folder, programs, crds, address, port }) {
  const keys = join(folder, "keys");
  mkdirSync(keys, { recursive: true });
  await makeCertificates(keys, [address, "10.96.0.1"]);
  const [etcdPort, peerPort, free] = await freePorts(3);
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  servers.start("etcd", join(programs, "etcd"), [
    `--data-dir=${join(folder, "etcd")}`,
    "--unsafe-no-fsync",
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]);

  const securePort = port ?? free;
  const access = {
    server: `https://${address}:${securePort}`,
    token: ADMIN_TOKEN,
    ca: join(keys, "ca.crt"),
  };
  const tokens = join(folder, "tokens.csv");
  writeFileSync(
    tokens,
    [
      `${ADMIN_TOKEN},admin,admin,"system:masters"`,
      `${systemToken("kube-controller-manager")},system:kube-controller-manager,manager`,
      `${systemToken("kube-scheduler")},system:kube-scheduler,scheduler`,
      `${systemToken("kube-proxy")},system:kube-proxy,proxy`,
      `${systemToken("node")},system:node:node,node,"system:nodes"`,
      "",
    ].join("\n"),
  );
  servers.start("kube-apiserver", join(programs, "kube-apiserver"), [
    `--etcd-servers=${etcd}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${securePort}`,
    `--endpoint-reconciler-type=${address === "127.0.0.1" ? "none" : "lease"}`,
    `--tls-cert-file=${join(keys, "apiserver.crt")}`,
    `--tls-private-key-file=${join(keys, "apiserver.key")}`,
    `--client-ca-file=${access.ca}`,
    `--kubelet-client-certificate=${join(keys, "admin.crt")}`,
    `--kubelet-client-key=${join(keys, "admin.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--authorization-mode=Node,RBAC",
    `--token-auth-file=${tokens}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(keys, "accounts.pub")}`,
    `--service-account-signing-key-file=${join(keys, "accounts.key")}`,
    "--allow-privileged",
    "--enable-priority-and-fairness=false",
  ]);
  await servers.until("the API server", async () => (await api(access, "GET", "/readyz")) === "ok");
  await servers.until("the default namespace", () =>
    api(access, "GET", "/api/v1/namespaces/default"),
  );
  await installCrds(access, servers, crds);
  writeKubeconfig(join(folder, "kubeconfig"), access);
  return access;
}

/**
 * The token of a part of Kubernetes itself.
 * @param {string} name
 */
export function systemToken(name) {
  return `${name}-of-the-test-cluster`;
}

/**
 * @param {Access} access
 * @param {Servers} servers
 * @param {string} folder
 */
async function installCrds(access, servers, folder) {
  const type = "application/apply-patch+yaml";
  const at = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const file of readdirSync(folder)) {
    const body = readFileSync(join(folder, file), "utf8");
    // The API server may be ready before the part that takes these is.
    const name = /^ {2}name: (\S+)/m.exec(body)?.[1];
    const path = `${at}/${name}?fieldManager=test-cluster`;
    await servers.until(file, () => api(access, "PATCH", path, { body, type }));
  }
  const resources = "/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/";
  await servers.until("the operator's resource types", async () => {
    await api(access, "GET", `${resources}scheduledsparkapplications`);
    return api(access, "GET", `${resources}sparkapplications`);
  });
}

/** @param {number} count */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  /** @type {number[]} */
  const ports = [];
  for (const server of servers) {
    if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    if (address !== null && typeof address === "object") ports.push(address.port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
