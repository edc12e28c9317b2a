import type { DiagnosisRow } from "./row.js";

const PULL = /^(ErrImagePull|ImagePullBackOff|Failed|BackOff|InvalidImageName)$/;
const FROM = ["container", "event"] as const;

/** Pods that cannot get their image. */
export const imageRows: readonly DiagnosisRow[] = [
  {
    id: "image-platform",
    signs: [
      { from: FROM, reason: PULL, text: /no match for platform/ },
      { text: /exec format error/ },
    ],
    outlook: "ends",
    explains: ["image-not-found", "image-pull", "process-died"],
    cause: (_, { image = "the image" }) =>
      `${image} was not made for the processor of the node that the pod is on`,
    mend: (_, { file = "FILE" }) => [
      `beamline deploy ${file} ... --platform linux/amd64 --platform linux/arm64`,
      "or keep the pods on nodes of its kind: --set spec.driver.nodeSelector.'kubernetes\\.io/arch'=amd64, and the same for spec.executor",
    ],
  },
  {
    id: "image-not-found",
    signs: [
      {
        from: FROM,
        reason: PULL,
        text: /(?:not found|manifest unknown|NAME_UNKNOWN|name unknown|repository does not exist)/,
      },
    ],
    outlook: "ends",
    explains: ["image-pull"],
    cause: (_, { image = "of that name" }) => `there is no image ${image} in its registry`,
    mend: (_, { file = "FILE", image }) => [
      `beamline image ${file} ... (builds and pushes it), then deploy again`,
      ...(image === undefined
        ? []
        : [`see that the repository and the digest are right: ${image}`]),
    ],
  },
  {
    id: "image-denied",
    signs: [
      {
        from: FROM,
        reason: PULL,
        text: /(?:401 Unauthorized|403 Forbidden|unauthorized|no basic auth credentials|authorization failed|pull access denied)/,
      },
    ],
    outlook: "stuck",
    explains: ["image-pull"],
    cause: (_, { image = "the image" }) => `the nodes may not pull ${image}`,
    mend: () => [
      "give the role of the nodes AmazonEC2ContainerRegistryPullOnly: aws iam attach-role-policy --role-name NODE_ROLE --policy-arn arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
      "for a registry elsewhere: add a pull secret to the service account",
    ],
  },
  {
    id: "image-pull",
    signs: [
      { from: ["container"], reason: /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/ },
      { from: ["event"], reason: /^Failed$/, text: /Failed to pull image/ },
    ],
    outlook: "stuck",
    cause: (_, { image = "the image" }) => `the node cannot pull ${image}`,
    mend: ({ fact }, { namespace }) => [
      `kubectl describe pod ${fact.subject} --namespace ${namespace}`,
      "see that the nodes reach the registry (NAT gateway, or VPC endpoints for ecr.api, ecr.dkr and s3)",
    ],
  },
];
