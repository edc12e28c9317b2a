/** What names an object in a cluster. */
export interface KubeRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for kinds that are in no namespace. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Any object of the API. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** ISO 8601. */
  readonly creationTimestamp?: string;
  /** ISO 8601; there while it is being deleted. */
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  }[];
}

export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** As people write it: `ServiceAccount jobs/spark`. */
export function nameOf({ kind, namespace, name }: KubeRef): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
