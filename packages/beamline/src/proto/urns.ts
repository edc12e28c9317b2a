/**
 * The URNs of Beam 2.62.0, grouped by what they name. Keys are the names of Beam's own enum values
 * in camel case; every value is a literal type, so that a switch over a group can be exhaustive.
 *
 * Metrics have a file of their own: `monitoring-infos.ts`.
 */

/** Any URN of a group: `UrnOf<typeof primitiveUrns>`. */
export type UrnOf<Group extends Readonly<Record<string, string>>> = Group[keyof Group];

/** Transforms that every runner must execute itself, or hand to a worker. */
export const primitiveUrns = {
  parDo: "beam:transform:pardo:v1",
  flatten: "beam:transform:flatten:v1",
  groupByKey: "beam:transform:group_by_key:v1",
  impulse: "beam:transform:impulse:v1",
  assignWindows: "beam:transform:window_into:v1",
  testStream: "beam:transform:teststream:v1",
  mapWindows: "beam:transform:map_windows:v1",
  mergeWindows: "beam:transform:merge_windows:v1",
  toString: "beam:transform:to_string:v1",
} as const;

/** Primitives that only old pipelines contain. */
export const deprecatedPrimitiveUrns = {
  read: "beam:transform:read:v1",
  createView: "beam:transform:create_view:v1",
} as const;

/** Transforms that a runner may replace by something better than their expansion. */
export const compositeUrns = {
  combinePerKey: "beam:transform:combine_per_key:v1",
  combineGlobally: "beam:transform:combine_globally:v1",
  reshuffle: "beam:transform:reshuffle:v1",
  writeFiles: "beam:transform:write_files:v1",
  pubsubRead: "beam:transform:pubsub_read:v1",
  pubsubWrite: "beam:transform:pubsub_write:v1",
  pubsubWriteV2: "beam:transform:pubsub_write:v2",
  groupIntoBatchesWithShardedKey: "beam:transform:group_into_batches_with_sharded_key:v1",
  redistributeByKey: "beam:transform:redistribute_by_key:v1",
  redistributeArbitrarily: "beam:transform:redistribute_arbitrarily:v1",
} as const;

/** The parts of a lifted combiner, and the combining of values that are grouped already. */
export const combineComponentUrns = {
  combinePerKeyPrecombine: "beam:transform:combine_per_key_precombine:v1",
  combinePerKeyMergeAccumulators: "beam:transform:combine_per_key_merge_accumulators:v1",
  combinePerKeyExtractOutputs: "beam:transform:combine_per_key_extract_outputs:v1",
  combineGroupedValues: "beam:transform:combine_grouped_values:v1",
  combinePerKeyConvertToAccumulators: "beam:transform:combine_per_key_convert_to_accumulators:v1",
} as const;

/** The parts of an expanded splittable ParDo. */
export const splittableParDoUrns = {
  pairWithRestriction: "beam:transform:sdf_pair_with_restriction:v1",
  splitAndSizeRestrictions: "beam:transform:sdf_split_and_size_restrictions:v1",
  processSizedElementsAndRestrictions:
    "beam:transform:sdf_process_sized_element_and_restrictions:v1",
  truncateSizedRestriction: "beam:transform:sdf_truncate_sized_restrictions:v1",
} as const;

export const groupIntoBatchesUrns = {
  groupIntoBatches: "beam:transform:group_into_batches:v1",
} as const;

/** The edges of a stage: where a bundle's elements come from and go to. */
export const runnerTransformUrns = {
  dataSource: "beam:runner:source:v1",
  dataSink: "beam:runner:sink:v1",
} as const;

/** URNs that stand in Beam's sources only, not in its protocol files. */
export const unlistedUrns = {
  /** A fused stage in the Java runners. */
  executableStage: "beam:runner:executable_stage:v1",
  /** What Python writes for a composite of no particular kind. */
  genericComposite: "beam:transform:generic_composite:v1",
  /**
   * A transform that passes its input on. Python's runner puts it into a worker's stages where the
   * inputs of a Flatten have different coders.
   */
  identityDoFn: "beam:dofn:identity:0.1",
  /** Prefix of the capability that names an SDK and its version. */
  sdkBaseVersionPrefix: "beam:version:sdk_base:",
} as const;

export const coderUrns = {
  bytes: "beam:coder:bytes:v1",
  stringUtf8: "beam:coder:string_utf8:v1",
  kv: "beam:coder:kv:v1",
  bool: "beam:coder:bool:v1",
  varint: "beam:coder:varint:v1",
  double: "beam:coder:double:v1",
  iterable: "beam:coder:iterable:v1",
  timer: "beam:coder:timer:v1",
  intervalWindow: "beam:coder:interval_window:v1",
  lengthPrefix: "beam:coder:length_prefix:v1",
  globalWindow: "beam:coder:global_window:v1",
  windowedValue: "beam:coder:windowed_value:v1",
  paramWindowedValue: "beam:coder:param_windowed_value:v1",
  stateBackedIterable: "beam:coder:state_backed_iterable:v1",
  customWindow: "beam:coder:custom_window:v1",
  row: "beam:coder:row:v1",
  shardedKey: "beam:coder:sharded_key:v1",
  nullable: "beam:coder:nullable:v1",
} as const;

/** Logical types of row schemas. */
export const logicalTypeUrns = {
  pythonCallable: "beam:logical_type:python_callable:v1",
  microsInstant: "beam:logical_type:micros_instant:v1",
  millisInstant: "beam:logical_type:millis_instant:v1",
  decimal: "beam:logical_type:decimal:v1",
  fixedBytes: "beam:logical_type:fixed_bytes:v1",
  varBytes: "beam:logical_type:var_bytes:v1",
  fixedChar: "beam:logical_type:fixed_char:v1",
  varChar: "beam:logical_type:var_char:v1",
} as const;

export const windowFnUrns = {
  globalWindows: "beam:window_fn:global_windows:v1",
  fixedWindows: "beam:window_fn:fixed_windows:v1",
  slidingWindows: "beam:window_fn:sliding_windows:v1",
  sessionWindows: "beam:window_fn:session_windows:v1",
} as const;

/** How a runner serves a side input. */
export const sideInputUrns = {
  iterable: "beam:side_input:iterable:v1",
  multimap: "beam:side_input:multimap:v1",
} as const;

/** How a runner serves user state. */
export const userStateUrns = {
  bag: "beam:user_state:bag:v1",
  multimap: "beam:user_state:multimap:v1",
  orderedList: "beam:user_state:ordered_list:v1",
} as const;

export const environmentUrns = {
  docker: "beam:env:docker:v1",
  process: "beam:env:process:v1",
  external: "beam:env:external:v1",
  default: "beam:env:default:v1",
  anyof: "beam:env:anyof:v1",
} as const;

export const artifactTypeUrns = {
  file: "beam:artifact:type:file:v1",
  url: "beam:artifact:type:url:v1",
  embedded: "beam:artifact:type:embedded:v1",
  pypi: "beam:artifact:type:pypi:v1",
  maven: "beam:artifact:type:maven:v1",
  deferred: "beam:artifact:type:deferred:v1",
} as const;

export const artifactRoleUrns = {
  stagingTo: "beam:artifact:role:staging_to:v1",
  pipRequirementsFile: "beam:artifact:role:pip_requirements_file:v1",
  goWorkerBinary: "beam:artifact:role:go_worker_binary:v1",
} as const;

/** What a worker can do beyond the minimum: announced as capabilities of its environment. */
export const protocolUrns = {
  legacyProgressReporting: "beam:protocol:progress_reporting:v0",
  progressReporting: "beam:protocol:progress_reporting:v1",
  workerStatus: "beam:protocol:worker_status:v1",
  multiCoreBundleProcessing: "beam:protocol:multi_core_bundle_processing:v1",
  siblingWorkers: "beam:protocol:sibling_workers:v1",
  harnessMonitoringInfos: "beam:protocol:harness_monitoring_infos:v1",
  controlRequestElementsEmbedding: "beam:protocol:control_request_elements_embedding:v1",
  stateCaching: "beam:protocol:state_caching:v1",
  dataSampling: "beam:protocol:data_sampling:v1",
  sdkConsumingReceivedData: "beam:protocol:sdk_consuming_received_data:v1",
  orderedListState: "beam:protocol:ordered_list_state:v1",
} as const;

/** What a runner can do beyond the minimum: announced in ProvisionInfo. */
export const runnerProtocolUrns = {
  monitoringInfoShortIds: "beam:protocol:monitoring_info_short_ids:v1",
  controlResponseElementsEmbedding: "beam:protocol:control_response_elements_embedding:v1",
  multimapKeysValuesSideInput: "beam:protocol:multimap_keys_values_side_input:v1",
} as const;

/** What a pipeline demands of a runner: stands in `Pipeline.requirements`. */
export const requirementUrns = {
  requiresStatefulProcessing: "beam:requirement:pardo:stateful:v1",
  requiresBundleFinalization: "beam:requirement:pardo:finalization:v1",
  requiresStableInput: "beam:requirement:pardo:stable_input:v1",
  requiresTimeSortedInput: "beam:requirement:pardo:time_sorted_input:v1",
  requiresSplittableDofn: "beam:requirement:pardo:splittable_dofn:v1",
  requiresOnWindowExpiration: "beam:requirement:pardo:on_window_expiration:v1",
} as const;

export const resourceHintUrns = {
  accelerator: "beam:resources:accelerator:v1",
  minRamBytes: "beam:resources:min_ram_bytes:v1",
  cpuCount: "beam:resources:cpu_count:v1",
} as const;

export const displayDataUrns = {
  labelled: "beam:display_data:labelled:v1",
} as const;

/** How an expansion service is asked for a transform that has no URN of its own. */
export const expansionMethodUrns = {
  javaClassLookup: "beam:expansion:payload:java_class_lookup:v1",
  schemaTransform: "beam:expansion:payload:schematransform:v1",
} as const;

/** SchemaTransforms that Java's expansion service offers as managed ones. */
export const managedTransformUrns = {
  icebergRead: "beam:schematransform:org.apache.beam:iceberg_read:v1",
  icebergWrite: "beam:schematransform:org.apache.beam:iceberg_write:v1",
  kafkaRead: "beam:schematransform:org.apache.beam:kafka_read:v1",
  kafkaWrite: "beam:schematransform:org.apache.beam:kafka_write:v1",
  bigqueryRead: "beam:schematransform:org.apache.beam:bigquery_storage_read:v1",
  bigqueryWrite: "beam:schematransform:org.apache.beam:bigquery_write:v1",
} as const;

/**
 * Payloads that only Beamline reads. Their bytes say where in the user's bundle the function is;
 * a runner passes them on.
 */
export const beamlineUrns = {
  doFn: "beamline:dofn:v1",
  combineFn: "beamline:combine_fn:v1",
  windowFn: "beamline:window_fn:v1",
  viewFn: "beamline:view_fn:v1",
  windowMappingFn: "beamline:window_mapping_fn:v1",
} as const;
