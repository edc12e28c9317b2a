import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  getOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeAll, describe, expect, test } from "vitest";
import { extremeInstants } from "./instants.js";
import { monitoringInfoSpecs, monitoringLabels, monitoringTypeUrns } from "./monitoring-infos.js";
import * as urns from "./urns.js";

const PIPELINE = "org.apache.beam.model.pipeline.v1";
const FN = "org.apache.beam.model.fn_execution.v1";

/** Members of declared messages that Beamline leaves out, because nobody has used them for years. */
const LEFT_OUT: readonly string[] = [
  `${FN}.InstructionRequest.register`,
  `${FN}.InstructionResponse.register`,
];

/** Which of Beam's enums lists the URNs of which group. */
const URN_ENUMS: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  primitive: ["StandardPTransforms.Primitives", urns.primitiveUrns],
  deprecated: ["StandardPTransforms.DeprecatedPrimitives", urns.deprecatedPrimitiveUrns],
  composite: ["StandardPTransforms.Composites", urns.compositeUrns],
  combine: ["StandardPTransforms.CombineComponents", urns.combineComponentUrns],
  splittable: ["StandardPTransforms.SplittableParDoComponents", urns.splittableParDoUrns],
  groupIntoBatches: ["StandardPTransforms.GroupIntoBatchesComponents", urns.groupIntoBatchesUrns],
  coder: ["StandardCoders.Enum", urns.coderUrns],
  logicalType: ["LogicalTypes.Enum", urns.logicalTypeUrns],
  sideInput: ["StandardSideInputTypes.Enum", urns.sideInputUrns],
  userState: ["StandardUserStateTypes.Enum", urns.userStateUrns],
  environment: ["StandardEnvironments.Environments", urns.environmentUrns],
  artifactType: ["StandardArtifacts.Types", urns.artifactTypeUrns],
  artifactRole: ["StandardArtifacts.Roles", urns.artifactRoleUrns],
  protocol: ["StandardProtocols.Enum", urns.protocolUrns],
  runnerProtocol: ["StandardRunnerProtocols.Enum", urns.runnerProtocolUrns],
  requirement: ["StandardRequirements.Enum", urns.requirementUrns],
  resourceHint: ["StandardResourceHints.Enum", urns.resourceHintUrns],
  displayData: ["StandardDisplayData.DisplayData", urns.displayDataUrns],
  expansionMethod: ["ExpansionMethods.Enum", urns.expansionMethodUrns],
  managed: ["ManagedTransforms.Urns", urns.managedTransformUrns],
  monitoringType: ["MonitoringInfoTypeUrns.Enum", monitoringTypeUrns],
};

interface Official {
  readonly version: string;
  readonly registry: FileRegistry;
  readonly literals: ReadonlySet<string>;
}

const python = findBeamPython();

if (python === undefined) {
  const state = "no Python with apache-beam 2.62.0, see the lines above";
  if (process.env.CI !== undefined) {
    test("wire messages are compared with Beam's in CI", () => {
      throw new Error(`Cannot compare wire messages: ${state}; install Python 3.11`);
    });
  } else {
    console.warn(`\nSKIPPED: wire messages were NOT compared with Beam's: ${state}\n`);
  }
}

describe.skipIf(python === undefined)("wire messages", () => {
  let official: Official;
  let files: readonly DescFile[];

  beforeAll(async () => {
    official = loadOfficial(python ?? "");
    files = await loadOurs();
  });

  test("messages, enums and services + equal Beam's own, member by member", () => {
    const differences: string[] = [];
    const counts = { files: files.length, messages: 0, fields: 0, enums: 0, values: 0, methods: 0 };
    const compare = (name: string, ours: Members, theirs: Members | undefined): number => {
      if (theirs === undefined) {
        differences.push(`${name}: Beam has no such thing`);
        return 0;
      }
      differences.push(...differencesOf(name, ours, theirs));
      return ours.size;
    };
    for (const message of files.flatMap(messagesOf)) {
      const theirs = official.registry.getMessage(message.typeName);
      counts.messages += 1;
      counts.fields += compare(message.typeName, fieldsOf(message), theirs && fieldsOf(theirs));
    }
    for (const descEnum of files.flatMap(enumsOf)) {
      const theirs = official.registry.getEnum(descEnum.typeName);
      counts.enums += 1;
      counts.values += compare(descEnum.typeName, valuesOf(descEnum), theirs && valuesOf(theirs));
    }
    for (const service of files.flatMap((file) => file.services)) {
      const theirs = official.registry.getService(service.typeName);
      const ours = methodsOf(service.methods);
      counts.methods += compare(service.typeName, ours, theirs && methodsOf(theirs.methods));
    }
    expect(differences).toEqual([]);
    expect(counts.fields).toBeGreaterThan(300);
    console.info(`conformance with apache-beam ${official.version}: ${JSON.stringify(counts)}`);
  });

  test("URN groups + have Beam's names and values, and every URN is in one", () => {
    const declared = new Map<string, string>();
    for (const [enumName, group] of Object.values(URN_ENUMS)) {
      expect(upperSnakeKeys(group)).toEqual(optionsOf(official, `${PIPELINE}.${enumName}`));
      for (const urn of Object.values(group)) declared.set(urn, enumName);
    }
    expect(upperSnakeKeys(urns.runnerTransformUrns)).toEqual(
      optionsOf(official, `${FN}.FnApiTransforms.Runner`),
    );
    for (const [key, urn] of Object.entries(urns.windowFnUrns)) {
      const payload = `${key.slice(0, 1).toUpperCase()}${key.slice(1)}Payload`;
      expect(optionsOf(official, `${PIPELINE}.${payload}.Enum`)).toEqual({ PROPERTIES: urn });
    }
    for (const urn of [
      ...Object.values(urns.runnerTransformUrns),
      ...Object.values(urns.windowFnUrns),
    ]) {
      declared.set(urn, "");
    }
    expect(allOfficialUrns(official).filter((urn) => !declared.has(urn))).toEqual([]);
    console.info(`conformance with apache-beam ${official.version}: ${declared.size} URNs`);
  });

  test("unlistedUrns + stand in the sources of Beam's Python SDK", () => {
    const missing = Object.values(urns.unlistedUrns).filter((urn) => !official.literals.has(urn));
    expect(missing).toEqual([]);
  });

  test("beamlineUrns + claim none of Beam's names", () => {
    for (const urn of Object.values(urns.beamlineUrns)) expect(urn).toMatch(/^beamline:/);
  });

  test("monitoringInfoSpecs + have Beam's URNs, types and required labels", () => {
    const theirs = enumOptions(
      official,
      `${PIPELINE}.MonitoringInfoSpecs.Enum`,
      "monitoring_info_spec",
    );
    const wanted = Object.entries(theirs).map(([name, spec]) => [name, specOf(spec)]);
    const ours = Object.entries(monitoringInfoSpecs).map(([key, spec]) => [upperSnake(key), spec]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(wanted));
    console.info(`conformance with apache-beam ${official.version}: ${ours.length} metrics`);
  });

  test("monitoringLabels + have Beam's names", () => {
    const theirs = enumOptions(
      official,
      `${PIPELINE}.MonitoringInfo.MonitoringInfoLabels`,
      "label_props",
    );
    const names = Object.entries(theirs).map(([name, props]) => [name, memberOf(props, "name")]);
    expect(Object.fromEntries(names)).toMatchObject(upperSnakeKeys(monitoringLabels));
  });

  test("extremeInstants + are Beam's constants", () => {
    const theirs = enumOptions(official, `${PIPELINE}.BeamConstants.Constants`, "beam_constant");
    const ours = Object.entries(extremeInstants).map(([key, value]) => [
      upperSnake(key),
      `${value}`,
    ]);
    expect(Object.fromEntries(ours)).toEqual(theirs);
  });
});

/** What is compared of a message, enum or service: a line of text for each member. */
type Members = ReadonlyMap<string, string>;

function differencesOf(name: string, ours: Members, theirs: Members): string[] {
  const members = new Set([...ours.keys(), ...theirs.keys()]);
  return [...members]
    .filter((member) => !LEFT_OUT.includes(`${name}.${member}`))
    .filter((member) => ours.get(member) !== theirs.get(member))
    .map((member) => `${name}.${member}: ours ${ours.get(member)}, Beam's ${theirs.get(member)}`);
}

function fieldsOf(message: DescMessage): Members {
  return new Map(message.fields.map((field) => [field.name, describeField(field)]));
}

function describeField(field: DescField): string {
  const oneof = field.oneof === undefined ? "" : ` oneof ${field.oneof.name}`;
  const packed = field.fieldKind === "list" && field.packed ? " packed" : "";
  const json = jsonNameOf(field);
  return `${field.number} ${typeOf(field)}${packed}${oneof} presence ${field.presence}${json}`;
}

/** The name in JSON where it is not derived from the field's. Python's descriptors say nothing then. */
function jsonNameOf({ name, jsonName }: DescField): string {
  const derived = name.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
  return jsonName === "" || jsonName === derived ? "" : ` json ${jsonName}`;
}

function typeOf(field: DescField): string {
  switch (field.fieldKind) {
    case "scalar":
      return ScalarType[field.scalar];
    case "enum":
      return field.enum.typeName;
    case "message":
      return field.message.typeName;
    case "list":
      return `repeated ${elementType(field.listKind, field.scalar, field.enum, field.message)}`;
    case "map": {
      const value = elementType(field.mapKind, field.scalar, field.enum, field.message);
      return `map<${ScalarType[field.mapKey]}, ${value}>`;
    }
  }
}

function elementType(
  kind: "scalar" | "enum" | "message",
  scalar: ScalarType | undefined,
  descEnum: DescEnum | undefined,
  message: DescMessage | undefined,
): string | undefined {
  if (kind === "scalar") return scalar === undefined ? undefined : ScalarType[scalar];
  return kind === "enum" ? descEnum?.typeName : message?.typeName;
}

function valuesOf(descEnum: DescEnum): Members {
  return new Map(descEnum.values.map((value) => [value.name, `${value.number}`]));
}

function methodsOf(methods: readonly DescMethod[]): Members {
  return new Map(
    methods.map(({ name, methodKind, input, output }) => [
      name,
      `${methodKind} ${input.typeName} ${output.typeName}`,
    ]),
  );
}

function messagesOf(parent: DescFile | DescMessage): DescMessage[] {
  const direct = parent.kind === "file" ? parent.messages : parent.nestedMessages;
  return direct.flatMap((message) => [message, ...messagesOf(message)]);
}

function enumsOf(file: DescFile): DescEnum[] {
  return [...file.enums, ...messagesOf(file).flatMap((message) => message.nestedEnums)];
}

function upperSnake(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function upperSnakeKeys(group: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(group).map(([key, urn]) => [upperSnake(key), urn]));
}

/** The URNs that one of Beam's enums gives to its values. */
function optionsOf(official: Official, enumName: string): Record<string, unknown> {
  return enumOptions(official, enumName, "beam_urn");
}

function enumOptions(
  { registry }: Official,
  enumName: string,
  extensionName: string,
): Record<string, unknown> {
  const extension = registry.getExtension(`${PIPELINE}.${extensionName}`);
  const descEnum = registry.getEnum(enumName);
  if (extension === undefined || descEnum === undefined) {
    throw new Error(`Cannot read options: Beam has no ${enumName} or ${extensionName}`);
  }
  return Object.fromEntries(
    descEnum.values.map((value) => [value.name, getOption(value, extension)] as const),
  );
}

function allOfficialUrns(official: Official): string[] {
  return [...official.registry.files]
    .flatMap(enumsOf)
    .flatMap((descEnum) => Object.values(optionsOf(official, descEnum.typeName)))
    .filter((urn): urn is string => typeof urn === "string" && urn !== "");
}

function specOf(spec: unknown): Record<string, unknown> {
  return {
    urn: memberOf(spec, "urn"),
    type: memberOf(spec, "type"),
    requiredLabels: memberOf(spec, "requiredLabels"),
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

async function loadOurs(): Promise<readonly DescFile[]> {
  const gen = new URL("./gen/", import.meta.url);
  const names = readdirSync(gen, { recursive: true, encoding: "utf8" });
  const modules: unknown[] = await Promise.all(
    names
      .filter((name) => name.endsWith("_pb.ts"))
      .map((name) => import(pathToFileURL(fileURLToPath(new URL(name, gen))).href)),
  );
  return modules.flatMap((module) => Object.values(Object(module))).filter(isDescFile);
}

function isDescFile(value: unknown): value is DescFile {
  return memberOf(value, "kind") === "file";
}

/** The interpreter that has Beam; made on first use, which takes a minute and the network. */
function findBeamPython(): string | undefined {
  const script = fileURLToPath(new URL("../../../../tools/beam-python.sh", import.meta.url));
  const made = spawnSync("sh", [script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return made.status === 0 ? `${made.stdout.trim()}/bin/python` : undefined;
}

function loadOfficial(interpreter: string): Official {
  const script = fileURLToPath(new URL("../../proto/official-descriptors.py", import.meta.url));
  const { status, stdout, stderr } = spawnSync(interpreter, [script], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`Cannot read Beam's descriptors: ${stderr}`);
  const dump: { version: string; descriptorSet: string; literals: string[] } = JSON.parse(stdout);
  const set = fromBinary(FileDescriptorSetSchema, Buffer.from(dump.descriptorSet, "base64"));
  return {
    version: dump.version,
    registry: createFileRegistry(set),
    literals: new Set(dump.literals),
  };
}
