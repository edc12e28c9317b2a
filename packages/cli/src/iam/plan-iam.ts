import {
  type PolicyDocument,
  partitionOf,
  policy,
  type Statement,
  type TrustStatement,
} from "./policy.js";

/** A place in S3: what is below a prefix, or the whole bucket. */
export interface S3Folder {
  readonly bucket: string;
  /** Without slashes at its ends; empty for all of the bucket. */
  readonly prefix: string;
}

export interface IamInput {
  readonly region?: string | undefined;
  /** 12 digits. Absent: `*`, or a placeholder where an ARN needs one. */
  readonly account?: string | undefined;
  /** Of the deployments: jars, records, event logs. */
  readonly home: S3Folder;
  /** What pipelines read besides. */
  readonly reads: readonly S3Folder[];
  /** What they write besides; they may read it, too. */
  readonly writes: readonly S3Folder[];
  /** ECR repositories that the deployer makes and fills; `*` at the end stands for anything. */
  readonly repository: string;
  /** Name of the EKS cluster. */
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly identity: "irsa" | "pod-identity";
  /** The cluster's OpenID Connect issuer, for `irsa`. */
  readonly oidcIssuer?: string | undefined;
}

export interface IamPlan {
  /** Rights of the pods: Spark's driver and executors, and the workers in them. */
  readonly pods: PolicyDocument;
  /** Who may take the pods' role: one service account. */
  readonly trust: PolicyDocument<TrustStatement>;
  /** Rights of whoever deploys. */
  readonly deployer: PolicyDocument;
}

/** The least that deployments get by with, as IAM policies. Pure. */
export function planIam(input: IamInput): IamPlan {
  const { home, reads, writes } = input;
  const arn = partitionOf(input.region);
  return {
    pods: policy([
      ...folderAccess(arn, "Home", home, "write"),
      ...writes.flatMap((folder, at) => folderAccess(arn, `Write${at + 1}`, folder, "write")),
      ...reads.flatMap((folder, at) => folderAccess(arn, `Read${at + 1}`, folder, "read")),
    ]),
    trust: trustPolicy(input),
    deployer: policy([
      ...folderAccess(arn, "Home", home, "write"),
      // It looks at results, and says before a job starts that an input is missing.
      ...[...writes, ...reads].flatMap((folder, at) =>
        folderAccess(arn, `Look${at + 1}`, folder, "read"),
      ),
      ...registryAccess(arn, input),
      ...clusterAccess(arn, input),
    ]),
  };
}

/** Listing is a right on the bucket, so a condition keeps it to the prefix. */
function folderAccess(
  arn: string,
  name: string,
  { bucket, prefix }: S3Folder,
  access: "read" | "write",
): Statement[] {
  const resource = `${arn}:s3:::${bucket}`;
  const below = prefix === "" ? "*" : `${prefix}/*`;
  return [
    {
      Sid: `${name}List`,
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: [resource],
      ...(prefix === "" ? {} : { Condition: { StringLike: { "s3:prefix": [prefix, below] } } }),
    },
    {
      Sid: `${name}Objects`,
      Effect: "Allow",
      Action:
        access === "read"
          ? ["s3:GetObject"]
          : [
              "s3:GetObject",
              "s3:PutObject",
              "s3:DeleteObject",
              // What was uploaded in part goes when a write fails.
              "s3:AbortMultipartUpload",
              "s3:ListMultipartUploadParts",
            ],
      Resource: [`${resource}/${below}`],
    },
  ];
}

function trustPolicy(input: IamInput): PolicyDocument<TrustStatement> {
  const { namespace, serviceAccount, identity } = input;
  if (identity === "pod-identity") {
    return policy([
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/kubernetes-namespace": [namespace],
            "aws:RequestTag/kubernetes-service-account": serviceAccount,
            ...(input.cluster === undefined
              ? {}
              : { "aws:RequestTag/eks-cluster-name": input.cluster }),
          },
        },
      },
    ]);
  }
  const issuer = (input.oidcIssuer ?? OIDC_PLACEHOLDER).replace(/^https:\/\//, "");
  const account = input.account ?? ACCOUNT_PLACEHOLDER;
  return policy([
    {
      Effect: "Allow",
      Principal: {
        Federated: `${partitionOf(input.region)}:iam::${account}:oidc-provider/${issuer}`,
      },
      Action: ["sts:AssumeRoleWithWebIdentity"],
      Condition: {
        StringEquals: {
          [`${issuer}:sub`]: [`system:serviceaccount:${namespace}:${serviceAccount}`],
          [`${issuer}:aud`]: "sts.amazonaws.com",
        },
      },
    },
  ]);
}

/** What stands for facts that were not given; they are said to be missing beside the policy. */
export const ACCOUNT_PLACEHOLDER = "ACCOUNT";
export const OIDC_PLACEHOLDER = "OIDC-ISSUER";

function registryAccess(arn: string, { region, account, repository }: IamInput): Statement[] {
  return [
    // The token is for the whole registry: AWS knows no narrower resource for it.
    {
      Sid: "RegistryLogin",
      Effect: "Allow",
      Action: ["ecr:GetAuthorizationToken"],
      Resource: ["*"],
    },
    {
      Sid: "Repository",
      Effect: "Allow",
      Action: [
        "ecr:CreateRepository",
        "ecr:DescribeRepositories",
        "ecr:TagResource",
        "ecr:DeleteRepository",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
      ],
      Resource: [`${arn}:ecr:${region ?? "*"}:${account ?? "*"}:repository/${repository}`],
    },
  ];
}

/** For `aws eks update-kubeconfig`, and for what doctor looks up. */
function clusterAccess(arn: string, { region, account, cluster }: IamInput): Statement[] {
  const name = `${arn}:eks:${region ?? "*"}:${account ?? "*"}`;
  return [
    {
      Sid: "Cluster",
      Effect: "Allow",
      Action: ["eks:DescribeCluster", "eks:ListPodIdentityAssociations"],
      Resource: [`${name}:cluster/${cluster ?? "*"}`],
    },
  ];
}
