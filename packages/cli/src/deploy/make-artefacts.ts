import { ownVersion } from "../command/own-version.js";
import type { ThinJar } from "../image/pipeline-jar.js";
import type { Manifest } from "../manifest/plan-manifest.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { type Artefact, artefactOf, type DeployRecord, folderOf, placesIn } from "./record.js";

export interface ArtefactRequest {
  readonly pipeline: ChosenPipeline;
  readonly jar: ThinJar & { readonly bytes: Uint8Array };
  readonly manifest: Manifest;
  readonly image: string;
  readonly prefix: string;
  readonly renderYaml: (objects: readonly Manifest["application"][]) => string;
  /** Key of the folder of event logs, which Spark wants to be there; undefined where it needs none. */
  readonly eventLogFolder: string | undefined;
}

export interface MadeArtefacts {
  readonly artefacts: readonly Artefact[];
  /** Key of the record among them. */
  readonly recordKey: string;
}

/** What a deploy keeps in the bucket: what it was made of, and where to find it. */
export function makeArtefacts(request: ArtefactRequest): MadeArtefacts {
  const { pipeline, jar, manifest, image, prefix, renderYaml, eventLogFolder } = request;
  const text = (value: string) => new TextEncoder().encode(value);
  const { application } = manifest;
  const { name, namespace = "default" } = application.metadata;
  const parts = [
    artefactOf(
      prefix,
      {
        what: "pipeline jar",
        folder: "jars",
        extension: "jar",
        contentType: "application/java-archive",
        gzip: true,
      },
      jar.bytes,
    ),
    artefactOf(
      prefix,
      { what: "manifest", folder: "manifests", extension: "yaml", contentType: "application/yaml" },
      text(renderYaml([application])),
    ),
  ];
  const record: DeployRecord = {
    version: 1,
    beamline: ownVersion(),
    app: { namespace, name },
    pipeline: pipeline.definition.name,
    file: pipeline.file,
    code: jar.codeDigest,
    image,
    artefacts: parts.map(({ key }) => key),
    places: placesIn(pipeline.code.options),
  };
  const written = artefactOf(
    prefix,
    { what: "record", folder: "records", extension: "json", contentType: "application/json" },
    text(`${JSON.stringify(record, undefined, 2)}\n`),
  );
  const folder: Artefact[] =
    eventLogFolder === undefined
      ? []
      : [
          {
            what: "event log folder",
            key: folderOf(eventLogFolder),
            bytes: new Uint8Array(),
            contentType: "application/x-directory",
          },
        ];
  return { artefacts: [...parts, written, ...folder], recordKey: written.key };
}
