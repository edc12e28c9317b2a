import type { KubeMetadata, KubeObject } from "../kube/kube-object.js";

/**
 * The fields of spark-operator's `sparkoperator.k8s.io/v1beta2` that we write. The custom resource
 * definition has more; `--set` and `--patch` reach all of it.
 */
export interface SparkApplication extends KubeObject {
  readonly apiVersion: "sparkoperator.k8s.io/v1beta2";
  readonly kind: "SparkApplication";
  readonly metadata: KubeMetadata;
  readonly spec: SparkApplicationSpec;
}

export interface ScheduledSparkApplication extends KubeObject {
  readonly apiVersion: "sparkoperator.k8s.io/v1beta2";
  readonly kind: "ScheduledSparkApplication";
  readonly metadata: KubeMetadata;
  readonly spec: {
    /** Cron, five fields. */
    readonly schedule: string;
    readonly timeZone?: string;
    readonly concurrencyPolicy: ConcurrencyPolicy;
    readonly suspend?: boolean;
    readonly successfulRunHistoryLimit?: number;
    readonly failedRunHistoryLimit?: number;
    readonly template: SparkApplicationSpec;
  };
}

export type ConcurrencyPolicy = "Allow" | "Forbid" | "Replace";

export type StringMap = Readonly<Record<string, string>>;

export interface SparkApplicationSpec {
  readonly type: "Java";
  readonly mode: "cluster";
  readonly sparkVersion: string;
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets?: readonly string[];
  readonly mainClass: string;
  readonly mainApplicationFile: string;
  readonly arguments?: readonly string[];
  readonly deps?: { readonly jars: readonly string[] };
  readonly sparkConf: StringMap;
  readonly hadoopConf: StringMap;
  readonly volumes?: readonly Volume[];
  readonly driver: DriverSpec;
  readonly executor: ExecutorSpec;
  readonly restartPolicy: RestartPolicy;
  readonly dynamicAllocation?: DynamicAllocation;
  readonly timeToLiveSeconds?: number;
}

export interface PodSpec {
  readonly cores: number;
  readonly memory: string;
  readonly memoryOverhead: string;
  readonly labels: StringMap;
  readonly annotations?: StringMap;
  readonly nodeSelector?: StringMap;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: Affinity;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly envSecretKeyRefs?: Readonly<
    Record<string, { readonly name: string; readonly key: string }>
  >;
  readonly podSecurityContext?: { readonly fsGroup: number };
  readonly securityContext?: SecurityContext;
}

export interface DriverSpec extends PodSpec {
  readonly serviceAccount: string;
}

export interface ExecutorSpec extends PodSpec {
  /** Absent with dynamic allocation. */
  readonly instances?: number;
  readonly deleteOnTermination: boolean;
}

export interface SecurityContext {
  readonly allowPrivilegeEscalation: boolean;
  readonly runAsNonRoot: boolean;
  readonly runAsUser: number;
  readonly capabilities: { readonly drop: readonly string[] };
  readonly seccompProfile: { readonly type: "RuntimeDefault" };
}

export interface RestartPolicy {
  readonly type: "Never" | "OnFailure" | "Always";
  readonly onFailureRetries?: number;
  /** Seconds. */
  readonly onFailureRetryInterval?: number;
  readonly onSubmissionFailureRetries?: number;
  /** Seconds. */
  readonly onSubmissionFailureRetryInterval?: number;
}

export interface DynamicAllocation {
  readonly enabled: true;
  readonly initialExecutors: number;
  readonly minExecutors: number;
  readonly maxExecutors: number;
  readonly shuffleTrackingEnabled: true;
  /** Milliseconds. */
  readonly shuffleTrackingTimeout?: number;
}

export interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly emptyDir?: { readonly sizeLimit?: string; readonly medium?: "Memory" };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
}

export interface Toleration {
  readonly key: string;
  readonly operator: "Equal" | "Exists";
  readonly value?: string;
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      /** A node fits when one of these does. */
      readonly nodeSelectorTerms: readonly {
        readonly matchExpressions: readonly NodeExpression[];
      }[];
    };
  };
  readonly podAffinity?: {
    readonly preferredDuringSchedulingIgnoredDuringExecution: readonly {
      /** 1 to 100. */
      readonly weight: number;
      readonly podAffinityTerm: {
        readonly topologyKey: string;
        readonly labelSelector: { readonly matchLabels: StringMap };
      };
    }[];
  };
}

export interface NodeExpression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}
