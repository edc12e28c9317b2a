import type { Check } from "./check.js";
import { capacityCheck, quotaCheck } from "./checks/capacity.js";
import { clusterCheck, namespaceCheck } from "./checks/cluster.js";
import { identityCheck, pullSecretsCheck } from "./checks/identity.js";
import { imageCheck } from "./checks/image.js";
import { crdCheck, jobNamespacesCheck, operatorCheck } from "./checks/operator.js";
import { accountCheck, rightsCheck } from "./checks/rights.js";
import { bucketCheck, eventLogCheck } from "./checks/storage.js";
import { awsCheck, nodeCheck } from "./checks/tools.js";
import { webhookCheck } from "./checks/webhook.js";

/** Everything that a deployment needs, from this machine outwards. */
export const checks: readonly Check[] = [
  nodeCheck,
  awsCheck,
  clusterCheck,
  namespaceCheck,
  operatorCheck,
  jobNamespacesCheck,
  crdCheck,
  webhookCheck,
  rightsCheck,
  accountCheck,
  identityCheck,
  pullSecretsCheck,
  imageCheck,
  bucketCheck,
  eventLogCheck,
  quotaCheck,
  capacityCheck,
];
