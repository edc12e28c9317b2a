# The policies that `beamline iam` prints, from the same facts. No provider: plain values.

locals {
  partition = (
    startswith(var.region, "cn-") ? "arn:aws-cn" :
    startswith(var.region, "us-gov-") ? "arn:aws-us-gov" :
    "arn:aws"
  )

  write_actions = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
  ]

  pod_folders = concat(
    [merge(var.home, { name = "Home", actions = local.write_actions })],
    [for i, each in var.writes : merge(each, { name = "Write${i + 1}", actions = local.write_actions })],
    [for i, each in var.reads : merge(each, { name = "Read${i + 1}", actions = ["s3:GetObject"] })],
  )

  deployer_folders = concat(
    [merge(var.home, { name = "Home", actions = local.write_actions })],
    [for i, each in concat(var.writes, var.reads) : merge(each, { name = "Look${i + 1}", actions = ["s3:GetObject"] })],
  )

  # A statement to list each folder, and one for the objects in it.
  statements = {
    for who, folders in { pods = local.pod_folders, deployer = local.deployer_folders } : who => flatten([
      for each in folders : [
        merge(
          {
            Sid      = "${each.name}List"
            Effect   = "Allow"
            Action   = ["s3:ListBucket"]
            Resource = ["${local.partition}:s3:::${each.bucket}"]
          },
          each.prefix == "" ? {} : {
            Condition = { StringLike = { "s3:prefix" = [each.prefix, "${each.prefix}/*"] } }
          },
        ),
        {
          Sid      = "${each.name}Objects"
          Effect   = "Allow"
          Action   = each.actions
          Resource = ["${local.partition}:s3:::${each.bucket}/${each.prefix == "" ? "*" : "${each.prefix}/*"}"]
        },
      ]
    ])
  }

  issuer = var.oidc_provider_arn == null ? "" : split("oidc-provider/", var.oidc_provider_arn)[1]

  pod_identity = {
    Effect    = "Allow"
    Principal = { Service = "pods.eks.amazonaws.com" }
    Action    = ["sts:AssumeRole", "sts:TagSession"]
    Condition = {
      StringEquals = {
        "aws:RequestTag/kubernetes-namespace"       = var.namespaces
        "aws:RequestTag/kubernetes-service-account" = var.service_account
        "aws:RequestTag/eks-cluster-name"           = var.cluster
      }
    }
  }

  irsa = {
    Effect    = "Allow"
    Principal = { Federated = var.oidc_provider_arn }
    Action    = ["sts:AssumeRoleWithWebIdentity"]
    Condition = {
      StringEquals = {
        "${local.issuer}:sub" = [for each in var.namespaces : "system:serviceaccount:${each}:${var.service_account}"]
        "${local.issuer}:aud" = "sts.amazonaws.com"
      }
    }
  }
}
