import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api } from "./api.mjs";
import { systemToken } from "./control-plane.mjs";
import { writeKubeconfig } from "./kubeconfig.mjs";
import { BRIDGE, NODE, POD_RANGE } from "./network.mjs";

/**
 * @import { Access } from "./api.mjs"
 * @import { Servers } from "./servers.mjs"
 * @typedef {{ servers: Servers, folder: string, programs: string, access: Access }} Options
 */

/** In the namespace's own /run. */
const CONTAINERD = "/run/containerd/containerd.sock";

/**
 * Starts what acts on objects: the controllers, the scheduler, and one node that runs pods.
 * @param {Options} options
 */
export async function startNode(options) {
  const { servers, folder, programs, access } = options;
  startControllers(options);
  startContainerd(options);
  servers.start("kube-proxy", join(programs, "kube-proxy"), [
    `--config=${writeJson(folder, "kube-proxy.json", {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      clientConnection: { kubeconfig: kubeconfigOf(options, "kube-proxy") },
      hostnameOverride: "node",
      clusterCIDR: POD_RANGE,
      mode: "iptables",
      // A pod that reaches another on the same bridge through a service would get the answer from
      // an address that it did not ask.
      iptables: { masqueradeAll: true },
      conntrack: { maxPerCore: 0, min: 0 },
      healthzBindAddress: "127.0.0.1:10256",
      metricsBindAddress: "127.0.0.1:10249",
    })}`,
  ]);
  await servers.until("containerd", () => existsSync(CONTAINERD));
  servers.start("kubelet", join(programs, "kubelet"), [
    `--config=${writeJson(folder, "kubelet.json", kubeletConfig(folder, access))}`,
    `--kubeconfig=${kubeconfigOf(options, "node")}`,
    `--root-dir=${join(folder, "kubelet")}`,
    `--cert-dir=${join(folder, "kubelet", "keys")}`,
    `--node-ip=${NODE}`,
    "--hostname-override=node",
  ]);
  await servers.until("the node", async () => {
    /** @type {{ spec: { taints?: unknown[] }, status: { conditions: { type: string, status: string }[] } }} */
    const { spec, status } = JSON.parse(await api(access, "GET", "/api/v1/nodes/node"));
    const ready = status.conditions.some((is) => is.type === "Ready" && is.status === "True");
    return ready && (spec.taints ?? []).length === 0;
  });
}

/** @param {Options} options */
function startControllers(options) {
  const { servers, folder, programs } = options;
  servers.start("kube-controller-manager", join(programs, "kube-controller-manager"), [
    `--kubeconfig=${kubeconfigOf(options, "kube-controller-manager")}`,
    `--service-account-private-key-file=${join(folder, "keys", "accounts.key")}`,
    `--root-ca-file=${join(folder, "keys", "ca.crt")}`,
    "--use-service-account-credentials",
    "--controllers=*,-node-ipam-controller,-node-route-controller",
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
  ]);
  servers.start("kube-scheduler", join(programs, "kube-scheduler"), [
    `--kubeconfig=${kubeconfigOf(options, "kube-scheduler")}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
  ]);
}

/** @param {Options} options */
function startContainerd({ servers, folder }) {
  const networks = join(folder, "cni");
  mkdirSync(networks);
  writeJson(networks, "10-bridge.conflist", {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: BRIDGE,
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          dataDir: "/run/cni",
          ranges: [[{ subnet: POD_RANGE, rangeStart: "10.88.0.2" }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });
  const config = join(folder, "containerd.toml");
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  writeFileSync(
    config,
    `version = 2
root = "${join(folder, "containerd")}"
state = "/run/containerd/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing"]
[grpc]
address = "${CONTAINERD}"
[${cri}]
sandbox_image = "127.0.0.1:5000/pause:1"
disable_apparmor = true
disable_cgroup = false
restrict_oom_score_adj = true
[${cri}.containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"
[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${networks}"
`,
  );
  servers.start("containerd", "containerd", ["--config", config]);
}

/**
 * @param {string} folder
 * @param {Access} access
 */
function kubeletConfig(folder, access) {
  const resolver = join(folder, "resolv.conf");
  writeFileSync(resolver, "");
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    containerRuntimeEndpoint: `unix://${CONTAINERD}`,
    authentication: { x509: { clientCAFile: access.ca }, anonymous: { enabled: false } },
    clusterDNS: [NODE],
    clusterDomain: "cluster.local",
    resolvConf: resolver,
    podLogsDir: "/var/log/pods",
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    failCgroupV1: false,
    localStorageCapacityIsolation: false,
    // A disk that is nearly full is not this node's business.
    evictionHard: { "memory.available": "100Mi" },
    imageGCHighThresholdPercent: 100,
    // The default keeps those whose images are large waiting for each other.
    serializeImagePulls: false,
    maxPods: 60,
  };
}

/**
 * @param {Options} options
 * @param {string} user
 */
function kubeconfigOf({ folder, access }, user) {
  const path = join(folder, `${user}.kubeconfig`);
  writeKubeconfig(path, { ...access, token: systemToken(user) });
  return path;
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {unknown} value
 */
function writeJson(folder, name, value) {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value, undefined, 2));
  return path;
}
