resource "aws_s3_bucket" "this" {
  count  = var.create_bucket ? 1 : 0
  bucket = var.bucket
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = var.create_bucket ? 1 : 0
  bucket                  = aws_s3_bucket.this[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = var.create_bucket ? 1 : 0
  bucket = aws_s3_bucket.this[0].id

  # What a job that was killed had uploaded in part is paid for until it goes.
  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 2
    }
  }

  rule {
    id     = "event-logs"
    status = "Enabled"

    # The folder itself is an object of no bytes, and Spark does not start without it.
    filter {
      and {
        prefix                   = "${var.prefix}/spark-events/"
        object_size_greater_than = 0
      }
    }

    expiration {
      days = var.event_log_days
    }
  }
}

# Spark does not start where the folder of its event log is missing; S3 has folders by such a key.
resource "aws_s3_object" "event_log" {
  bucket  = var.create_bucket ? aws_s3_bucket.this[0].id : var.bucket
  key     = "${var.prefix}/spark-events/"
  content = ""
}
