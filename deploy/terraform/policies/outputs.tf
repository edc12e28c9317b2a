output "pods" {
  description = "Rights of the applications' pods."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.statements.pods })
}

output "trust" {
  description = "Who may take the pods' role."
  value = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.pod_identity], var.oidc_provider_arn == null ? [] : [local.irsa])
  })
}

output "deployer" {
  description = "Rights of who deploys."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.statements.deployer, [
      {
        Sid      = "RegistryLogin"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"]
      },
      {
        Sid    = "Repository"
        Effect = "Allow"
        Action = [
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
        ]
        Resource = ["${local.partition}:ecr:${var.region}:${var.account}:repository/${var.repository}"]
      },
      {
        Sid      = "Cluster"
        Effect   = "Allow"
        Action   = ["eks:DescribeCluster", "eks:ListPodIdentityAssociations"]
        Resource = ["${local.partition}:eks:${var.region}:${var.account}:cluster/${var.cluster}"]
      },
    ])
  })
}
