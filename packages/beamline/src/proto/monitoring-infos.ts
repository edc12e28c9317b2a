/** How the payload of a MonitoringInfo is encoded. */
export const monitoringTypeUrns = {
  sumInt64Type: "beam:metrics:sum_int64:v1",
  sumDoubleType: "beam:metrics:sum_double:v1",
  distributionInt64Type: "beam:metrics:distribution_int64:v1",
  distributionDoubleType: "beam:metrics:distribution_double:v1",
  latestInt64Type: "beam:metrics:latest_int64:v1",
  latestDoubleType: "beam:metrics:latest_double:v1",
  topNInt64Type: "beam:metrics:top_n_int64:v1",
  topNDoubleType: "beam:metrics:top_n_double:v1",
  bottomNInt64Type: "beam:metrics:bottom_n_int64:v1",
  bottomNDoubleType: "beam:metrics:bottom_n_double:v1",
  progressType: "beam:metrics:progress:v1",
  setStringType: "beam:metrics:set_string:v1",
  boundedTrieType: "beam:metrics:bounded_trie:v1",
} as const;

/** Label names. Those of particular cloud services are left out. */
export const monitoringLabels = {
  transform: "PTRANSFORM",
  pcollection: "PCOLLECTION",
  windowingStrategy: "WINDOWING_STRATEGY",
  coder: "CODER",
  environment: "ENVIRONMENT",
  namespace: "NAMESPACE",
  name: "NAME",
  service: "SERVICE",
  method: "METHOD",
  resource: "RESOURCE",
  status: "STATUS",
} as const;

export type MonitoringLabel = (typeof monitoringLabels)[keyof typeof monitoringLabels];

/** What a metric is called, how it is encoded, and which labels it cannot do without. */
export interface MonitoringInfoSpec {
  readonly urn: string;
  readonly type: string;
  readonly requiredLabels: readonly MonitoringLabel[];
}

const ofTransform = ["PTRANSFORM"] as const;
const ofPcollection = ["PCOLLECTION"] as const;
const ofUser = ["PTRANSFORM", "NAMESPACE", "NAME"] as const;
const ofApi = ["SERVICE", "METHOD", "RESOURCE", "PTRANSFORM"] as const;

/** Beam's standard metrics. Times are milliseconds. */
export const monitoringInfoSpecs = {
  userSumInt64: {
    urn: "beam:metric:user:sum_int64:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofUser,
  },
  userSumDouble: {
    urn: "beam:metric:user:sum_double:v1",
    type: "beam:metrics:sum_double:v1",
    requiredLabels: ofUser,
  },
  userDistributionInt64: {
    urn: "beam:metric:user:distribution_int64:v1",
    type: "beam:metrics:distribution_int64:v1",
    requiredLabels: ofUser,
  },
  userDistributionDouble: {
    urn: "beam:metric:user:distribution_double:v1",
    type: "beam:metrics:distribution_double:v1",
    requiredLabels: ofUser,
  },
  userLatestInt64: {
    urn: "beam:metric:user:latest_int64:v1",
    type: "beam:metrics:latest_int64:v1",
    requiredLabels: ofUser,
  },
  userLatestDouble: {
    urn: "beam:metric:user:latest_double:v1",
    type: "beam:metrics:latest_double:v1",
    requiredLabels: ofUser,
  },
  userTopNInt64: {
    urn: "beam:metric:user:top_n_int64:v1",
    type: "beam:metrics:top_n_int64:v1",
    requiredLabels: ofUser,
  },
  userTopNDouble: {
    urn: "beam:metric:user:top_n_double:v1",
    type: "beam:metrics:top_n_double:v1",
    requiredLabels: ofUser,
  },
  userBottomNInt64: {
    urn: "beam:metric:user:bottom_n_int64:v1",
    type: "beam:metrics:bottom_n_int64:v1",
    requiredLabels: ofUser,
  },
  userBottomNDouble: {
    urn: "beam:metric:user:bottom_n_double:v1",
    type: "beam:metrics:bottom_n_double:v1",
    requiredLabels: ofUser,
  },
  userSetString: {
    urn: "beam:metric:user:set_string:v1",
    type: "beam:metrics:set_string:v1",
    requiredLabels: ofUser,
  },
  userBoundedTrie: {
    urn: "beam:metric:user:bounded_trie:v1",
    type: "beam:metrics:bounded_trie:v1",
    requiredLabels: ofUser,
  },
  elementCount: {
    urn: "beam:metric:element_count:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofPcollection,
  },
  sampledByteSize: {
    urn: "beam:metric:sampled_byte_size:v1",
    type: "beam:metrics:distribution_int64:v1",
    requiredLabels: ofPcollection,
  },
  startBundleMsecs: {
    urn: "beam:metric:pardo_execution_time:start_bundle_msecs:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofTransform,
  },
  processBundleMsecs: {
    urn: "beam:metric:pardo_execution_time:process_bundle_msecs:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofTransform,
  },
  finishBundleMsecs: {
    urn: "beam:metric:pardo_execution_time:finish_bundle_msecs:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofTransform,
  },
  totalMsecs: {
    urn: "beam:metric:ptransform_execution_time:total_msecs:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofTransform,
  },
  workRemaining: {
    urn: "beam:metric:ptransform_progress:remaining:v1",
    type: "beam:metrics:progress:v1",
    requiredLabels: ofTransform,
  },
  workCompleted: {
    urn: "beam:metric:ptransform_progress:completed:v1",
    type: "beam:metrics:progress:v1",
    requiredLabels: ofTransform,
  },
  dataChannelReadIndex: {
    urn: "beam:metric:data_channel:read_index:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: ofTransform,
  },
  apiRequestCount: {
    urn: "beam:metric:io:api_request_count:v1",
    type: "beam:metrics:sum_int64:v1",
    requiredLabels: [...ofApi, "STATUS"],
  },
  apiRequestLatencies: {
    urn: "beam:metric:io:api_request_latencies:v1",
    type: "beam:metrics:histogram_int64:v1",
    requiredLabels: ofApi,
  },
} as const satisfies Readonly<Record<string, MonitoringInfoSpec>>;
