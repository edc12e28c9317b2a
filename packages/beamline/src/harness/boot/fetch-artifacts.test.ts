import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ArtifactRetrievalService } from "../../proto/gen/job-management/artifact_pb.js";
import {
  ArtifactFilePayloadSchema,
  type ArtifactInformation,
  ArtifactInformationSchema,
  ArtifactStagingToRolePayloadSchema,
} from "../../proto/gen/pipeline/artifacts_pb.js";
import { artifactRoleUrns, artifactTypeUrns } from "../../proto/urns.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { bindService } from "../../transport/service.js";
import { fetchArtifacts, isTemporary } from "./fetch-artifacts.js";

const CONTENT = Buffer.from("the bytes of a bundle");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

let base = "";
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "beamline-artifacts-"));
});
afterEach(() => rmSync(base, { recursive: true }));

function artifact(name: string, sha256: string): ArtifactInformation {
  const file = create(ArtifactFilePayloadSchema, { path: "/staged/x", sha256 });
  const role = create(ArtifactStagingToRolePayloadSchema, { stagedName: name });
  return create(ArtifactInformationSchema, {
    typeUrn: artifactTypeUrns.file,
    typePayload: toBinary(ArtifactFilePayloadSchema, file),
    roleUrn: artifactRoleUrns.stagingTo,
    rolePayload: toBinary(ArtifactStagingToRolePayloadSchema, role),
  });
}

async function serve() {
  const network = createMemoryNetwork();
  const served: string[] = [];
  const server = await network.listen("", [
    bindService(ArtifactRetrievalService, {
      resolveArtifacts: ({ artifacts }) => ({ replacements: artifacts }),
      getArtifact: async function* (_request, { metadata }) {
        served.push(metadata.worker_id ?? "");
        for (let at = 0; at < CONTENT.length; at += 5) yield { data: CONTENT.subarray(at, at + 5) };
      },
    }),
  ]);
  const fetch = (...artifacts: ArtifactInformation[]) =>
    fetchArtifacts({ network, endpoint: server.address, workerId: "w", artifacts, base });
  return { fetch, served };
}

describe("fetchArtifacts", () => {
  it("puts files under their staged names, and does not fetch known ones again", async () => {
    const { fetch, served } = await serve();
    const folder = await fetch(artifact("beamline/pipeline.mjs", SHA256));
    expect(readFileSync(join(folder, "beamline", "pipeline.mjs"))).toEqual(CONTENT);
    expect(isTemporary(folder)).toBe(false);
    expect(await fetch(artifact("beamline/pipeline.mjs", SHA256))).toBe(folder);
    expect(served).toEqual(["w"]);
    expect(readdirSync(base)).toHaveLength(1);
  });

  it("fetches into a folder for this worker alone what has no known hash", async () => {
    const { fetch } = await serve();
    const folders = [await fetch(artifact("a", "")), await fetch(artifact("a", ""))];
    expect(new Set(folders).size).toBe(2);
    expect(folders.map(isTemporary)).toEqual([true, true]);
  });

  it("refuses bytes that are not those announced", async () => {
    const { fetch } = await serve();
    await expect(fetch(artifact("a", "0".repeat(64)))).rejects.toThrow(`its SHA-256 is ${SHA256}`);
  });

  it.each(["../a", "/etc/passwd", "a/../../b", ".."])("refuses the name %s", async (name) => {
    const { fetch, served } = await serve();
    await expect(fetch(artifact(name, SHA256))).rejects.toThrow("outside the job's folder");
    expect(served).toEqual([]);
  });
});
