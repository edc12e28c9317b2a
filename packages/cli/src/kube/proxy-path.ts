/** Path of a pod's port behind the API server, which forwards HTTP to it. */
export function podProxyPath(namespace: string, pod: string, port: number): string {
  return proxyPath(namespace, "pods", pod, port);
}

/** The same for a service's port. */
export function serviceProxyPath(namespace: string, service: string, port: number): string {
  return proxyPath(namespace, "services", service, port);
}

function proxyPath(namespace: string, kind: "pods" | "services", name: string, port: number) {
  const target = encodeURIComponent(`http:${name}:${port}`).replaceAll("%3A", ":");
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kind}/${target}/proxy`;
}
