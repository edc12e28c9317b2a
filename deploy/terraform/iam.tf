data "aws_region" "this" {}

data "aws_caller_identity" "this" {}

module "policies" {
  source = "./policies"

  region            = data.aws_region.this.name
  account           = data.aws_caller_identity.this.account_id
  home              = { bucket = var.bucket, prefix = var.prefix }
  reads             = var.reads
  writes            = var.writes
  repository        = "${split("/", var.repository)[0]}/*"
  cluster           = var.cluster_name
  namespaces        = distinct(concat(var.job_namespaces, [var.operator_namespace]))
  service_account   = var.service_account
  oidc_provider_arn = var.oidc_provider_arn
}

# The role of applications' pods, and of the History Server's.
resource "aws_iam_role" "pods" {
  name               = "${var.name}-pods"
  assume_role_policy = module.policies.trust
  tags               = var.tags
}

resource "aws_iam_role_policy" "pods" {
  name   = "s3"
  role   = aws_iam_role.pods.id
  policy = module.policies.pods
}

# For images whose S3 knows Pod Identity, and for the workers, which always do.
resource "aws_eks_pod_identity_association" "pods" {
  for_each = toset(concat(var.job_namespaces, var.history_server_image == null ? [] : [var.operator_namespace]))

  cluster_name    = var.cluster_name
  namespace       = each.value
  service_account = var.service_account
  role_arn        = aws_iam_role.pods.arn
  tags            = var.tags
}

# For people and CI jobs that run beamline deploy; attach it to their roles.
resource "aws_iam_policy" "deployer" {
  name   = "${var.name}-deployer"
  policy = module.policies.deployer
  tags   = var.tags
}
