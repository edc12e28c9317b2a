variable "region" {
  type = string
}

variable "account" {
  type = string
}

variable "home" {
  description = "Where deployments live."
  type        = object({ bucket = string, prefix = string })
}

variable "reads" {
  type    = list(object({ bucket = string, prefix = string }))
  default = []
}

variable "writes" {
  type    = list(object({ bucket = string, prefix = string }))
  default = []
}

variable "repository" {
  type = string
}

variable "cluster" {
  type = string
}

variable "namespaces" {
  type = list(string)
}

variable "service_account" {
  type = string
}

variable "oidc_provider_arn" {
  type    = string
  default = null
}
