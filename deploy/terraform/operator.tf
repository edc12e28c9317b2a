resource "helm_release" "operator" {
  name             = "spark-operator"
  repository       = "https://kubeflow.github.io/spark-operator"
  chart            = "spark-operator"
  version          = var.operator_version
  namespace        = var.operator_namespace
  create_namespace = true

  values = [yamlencode({
    # Events that come while a driver is submitted double the wait before the operator looks at its
    # application again, up to six hours by default.
    controller = { workqueueRateLimiter = { maxDelay = { enable = true, duration = "10s" } } }
    # Without it tolerations, affinities and volumes of applications are not obeyed, and the driver's
    # pod outlives its application.
    webhook = { enable = true }
    spark = {
      jobNamespaces = var.job_namespaces
      # beamline deploy brings the account of the applications.
      serviceAccount = { create = false, name = var.service_account }
      rbac           = { create = false }
    }
  })]
}

resource "helm_release" "history_server" {
  count = var.history_server_image == null ? 0 : 1

  name      = "spark-history-server"
  chart     = "${path.module}/charts/spark-history-server"
  namespace = helm_release.operator.namespace

  values = [yamlencode({
    image          = var.history_server_image
    logDirectory   = coalesce(var.history_server_log, "s3a://${var.bucket}/${var.prefix}/spark-events/")
    region         = data.aws_region.this.name
    serviceAccount = { name = var.service_account, roleArn = aws_iam_role.pods.arn }
    credentialsProvider = (
      var.oidc_provider_arn == null
      ? "software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider"
      : "com.amazonaws.auth.WebIdentityTokenCredentialsProvider"
    )
  })]

  depends_on = [aws_s3_object.event_log, aws_eks_pod_identity_association.pods]
}
