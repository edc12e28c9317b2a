resource "aws_ecr_repository" "worker" {
  name                 = var.repository
  image_tag_mutability = "MUTABLE"
  tags                 = var.tags

  image_scanning_configuration {
    scan_on_push = true
  }
}
