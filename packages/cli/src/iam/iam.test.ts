import { expect, test } from "vitest";
import { type IamInput, planIam } from "./plan-iam.js";

const input: IamInput = {
  region: "eu-west-1",
  account: "123456789012",
  home: { bucket: "acme", prefix: "beamline" },
  reads: [{ bucket: "books", prefix: "" }],
  writes: [{ bucket: "out", prefix: "counts" }],
  repository: "beamline/*",
  cluster: "prod",
  namespace: "jobs",
  serviceAccount: "beamline-spark",
  identity: "irsa",
  oidcIssuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC",
};

test("planIam keeps pods to their prefixes, listing included", () => {
  const { pods } = planIam(input);
  const of = (sid: string) => pods.Statement.find(({ Sid }) => Sid === sid);
  expect(of("HomeList")).toEqual({
    Sid: "HomeList",
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: ["arn:aws:s3:::acme"],
    Condition: { StringLike: { "s3:prefix": ["beamline", "beamline/*"] } },
  });
  expect(of("HomeObjects")).toMatchObject({
    Action: expect.arrayContaining(["s3:PutObject", "s3:AbortMultipartUpload"]),
    Resource: ["arn:aws:s3:::acme/beamline/*"],
  });
  expect(of("Write1Objects")?.Resource).toEqual(["arn:aws:s3:::out/counts/*"]);
  expect(of("Read1Objects")).toMatchObject({
    Action: ["s3:GetObject"],
    Resource: ["arn:aws:s3:::books/*"],
  });
  expect(of("Read1List")).not.toHaveProperty("Condition");
});

test("planIam trusts one service account, by either way", () => {
  expect(planIam(input).trust.Statement).toEqual([
    {
      Effect: "Allow",
      Principal: {
        Federated:
          "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
      },
      Action: ["sts:AssumeRoleWithWebIdentity"],
      Condition: {
        StringEquals: {
          "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": [
            "system:serviceaccount:jobs:beamline-spark",
          ],
          "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com",
        },
      },
    },
  ]);
  expect(planIam({ ...input, identity: "pod-identity" }).trust.Statement).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/kubernetes-namespace": ["jobs"],
          "aws:RequestTag/kubernetes-service-account": "beamline-spark",
          "aws:RequestTag/eks-cluster-name": "prod",
        },
      },
    },
  ]);
});

test("planIam gives the deployer no wildcard but for the login that AWS cannot narrow", () => {
  const { deployer } = planIam(input);
  const wide = deployer.Statement.filter(({ Resource }) => Resource.includes("*"));
  expect(wide.map(({ Action }) => Action)).toEqual([["ecr:GetAuthorizationToken"]]);
  const all = deployer.Statement.flatMap(({ Action }) => Action);
  expect(all.filter((action) => action.includes("*"))).toEqual([]);
});

test("planIam speaks of the partition that the region is in", () => {
  const { pods } = planIam({ ...input, region: "cn-north-1" });
  expect(pods.Statement[0]?.Resource).toEqual(["arn:aws-cn:s3:::acme"]);
});
