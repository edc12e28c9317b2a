import {
  coderUrns,
  combineComponentUrns,
  protocolUrns,
  runnerProtocolUrns,
  splittableParDoUrns,
} from "../../proto/urns.js";

/** What our workers understand, as a pipeline's environment announces it. */
export const WORKER_CAPABILITIES: readonly string[] = [
  coderUrns.bytes,
  coderUrns.stringUtf8,
  coderUrns.kv,
  coderUrns.bool,
  coderUrns.varint,
  coderUrns.double,
  coderUrns.iterable,
  coderUrns.timer,
  coderUrns.intervalWindow,
  coderUrns.lengthPrefix,
  coderUrns.globalWindow,
  coderUrns.windowedValue,
  coderUrns.paramWindowedValue,
  coderUrns.stateBackedIterable,
  coderUrns.nullable,
  protocolUrns.progressReporting,
  protocolUrns.harnessMonitoringInfos,
  protocolUrns.workerStatus,
  protocolUrns.multiCoreBundleProcessing,
  protocolUrns.controlRequestElementsEmbedding,
  runnerProtocolUrns.monitoringInfoShortIds,
  ...Object.values(combineComponentUrns),
  ...Object.values(splittableParDoUrns),
];
