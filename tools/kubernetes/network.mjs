import { mustRun } from "../lib/run.mjs";
import { SERVICE_RANGE } from "./control-plane.mjs";

/** The node's address: where the servers listen, and the gateway of the pods. */
export const NODE = "10.88.0.1";
export const POD_RANGE = "10.88.0.0/16";
export const BRIDGE = "cni0";

/**
 * Gives the network namespace, which is empty, a bridge with the node's address. There is no route
 * outside.
 */
export async function setUpNetwork() {
  const ip = (/** @type {string} */ args) => mustRun("ip", args.split(" "));
  await ip("link set lo up");
  await ip(`link add ${BRIDGE} type bridge`);
  await ip(`addr add ${NODE}/16 dev ${BRIDGE}`);
  await ip(`link set ${BRIDGE} up`);
  // Else what goes from the node to a service is "unreachable" before kube-proxy can redirect it.
  await ip(`route add ${SERVICE_RANGE} dev ${BRIDGE}`);
  await mustRun("sysctl", ["-q", "-w", "net.ipv4.ip_forward=1"]);
}
