variable "name" {
  description = "Prefix of the names of all that is made."
  type        = string
  default     = "beamline"
}

variable "cluster_name" {
  description = "The EKS cluster. It must have the Pod Identity agent for images that know Pod Identity."
  type        = string
}

variable "oidc_provider_arn" {
  description = "The cluster's IAM OpenID Connect provider. Spark 3.5's own S3 (hadoop-aws 3.3) needs it: it knows IAM roles for service accounts, and no Pod Identity. Null for images with hadoop-aws 3.4 or later."
  type        = string
  default     = null
}

variable "job_namespaces" {
  description = "Namespaces in which applications run; the operator watches them. They must exist."
  type        = list(string)
  default     = ["default"]
}

variable "service_account" {
  description = "Account of the applications' pods, in each of those namespaces; beamline deploy creates it."
  type        = string
  default     = "beamline-spark"
}

variable "bucket" {
  description = "Bucket for deployments, event logs and results. Names of buckets are global."
  type        = string
}

variable "create_bucket" {
  description = "Whether to make the bucket; it then goes with the module, if it is empty."
  type        = bool
  default     = true
}

variable "prefix" {
  description = "What the keys of deployments begin with; pods get rights below it only."
  type        = string
  default     = "beamline"
}

variable "reads" {
  description = "What pipelines read besides."
  type        = list(object({ bucket = string, prefix = string }))
  default     = []
}

variable "writes" {
  description = "What pipelines write besides."
  type        = list(object({ bucket = string, prefix = string }))
  default     = []
}

variable "event_log_days" {
  description = "How long event logs below PREFIX/spark-events are kept."
  type        = number
  default     = 30
}

variable "repository" {
  description = "ECR repository for worker images; beamline deploy can make others below the same first word."
  type        = string
  default     = "beamline/worker"
}

variable "operator_version" {
  description = "Version of the spark-operator chart."
  type        = string
  default     = "2.3.0"
}

variable "operator_namespace" {
  description = "Namespace of the operator, made with it."
  type        = string
  default     = "spark-operator"
}

variable "history_server_image" {
  description = "A worker image, as beamline image prints it: it has Spark and hadoop-aws. Null for no History Server."
  type        = string
  default     = null
}

variable "history_server_log" {
  description = "Folder of event logs that it shows, such as s3a://BUCKET/beamline/wordcount/spark-events/. Null: PREFIX/spark-events/, where deployments with --event-log s3://BUCKET/PREFIX/spark-events write."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything in AWS."
  type        = map(string)
  default     = {}
}
