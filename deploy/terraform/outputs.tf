output "bucket" {
  description = "For --bucket."
  value       = var.bucket
}

output "repository" {
  description = "For --image."
  value       = aws_ecr_repository.worker.repository_url
}

output "role_arn" {
  description = "For --role-arn, with --identity irsa."
  value       = aws_iam_role.pods.arn
}

output "deployer_policy_arn" {
  description = "To attach to the roles of people and CI jobs that deploy."
  value       = aws_iam_policy.deployer.arn
}

output "job_namespaces" {
  description = "For --namespace."
  value       = var.job_namespaces
}
