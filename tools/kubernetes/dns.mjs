import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { NODE } from "./network.mjs";

/** @import { Servers } from "./servers.mjs" */

/**
 * Starts the name server of the pods, on the node itself.
 * @param {{ servers: Servers, folder: string, programs: string }} options
 */
export async function startDns({ servers, folder, programs }) {
  const corefile = join(folder, "Corefile");
  writeFileSync(
    corefile,
    `.:53 {
  errors
  ready ${NODE}:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${join(folder, "kubeconfig")}
    pods insecure
    ttl 5
  }
  cache 5
}
`,
  );
  servers.start("coredns", join(programs, "coredns"), ["-conf", corefile]);
  const ready = `http://${NODE}:8181/ready`;
  await servers.until("CoreDNS", async () => (await fetch(ready)).ok);
}
