import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { ArtifactStagingService } from "../../proto/gen/job-management/artifact_pb.js";
import { ArtifactFilePayloadSchema } from "../../proto/gen/pipeline/artifacts_pb.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { bindService, type ServiceBinding } from "../../transport/service.js";
import { offerArtifacts } from "./artifact.js";
import { stageArtifacts } from "./stage-artifacts.js";

const folder = mkdtempSync(join(tmpdir(), "beamline-artifacts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function stageTo(
  service: ServiceBinding,
  offered = offerArtifacts([]),
  idleTimeoutMs = 5_000,
) {
  const network = createMemoryNetwork();
  const server = await network.listen("staging", [service]);
  const transport = network.connect("staging");
  try {
    await stageArtifacts(transport, "token", await offered, { idleTimeoutMs });
  } finally {
    transport.close();
    await server.close();
  }
}

test("offerArtifacts names files with their hash and their name on the worker", async () => {
  const path = join(folder, "a.txt");
  writeFileSync(path, "abc");
  const [file] = await offerArtifacts([{ stagedName: "beamline/a.txt", path }]);
  expect(
    fromBinary(ArtifactFilePayloadSchema, file?.information.typePayload ?? new Uint8Array()),
  ).toMatchObject({
    path,
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
});

test("offerArtifacts says which file it can't read", async () => {
  await expect(offerArtifacts([{ stagedName: "x", path: join(folder, "none") }])).rejects.toThrow(
    /Cannot stage "x": .*none can't be read .*; build the bundle again/,
  );
});

test("stageArtifacts sends large artifacts in pieces, and empty ones too", async () => {
  const large = Buffer.alloc(2_500_000, "ab");
  const sizes: number[] = [];
  const received: Buffer[] = [];
  const offered = await offerArtifacts([
    { stagedName: "large", bytes: large },
    { stagedName: "empty", bytes: new Uint8Array() },
  ]);
  const service = bindService(ArtifactStagingService, {
    reverseArtifactRetrievalService: async ({ messages, send }) => {
      const answers = messages[Symbol.asyncIterator]();
      expect((await answers.next()).value?.stagingToken).toBe("token");
      for (const { information } of offered) {
        void send({ request: { case: "getArtifact", value: { artifact: information } } });
        for (;;) {
          const { value } = await answers.next();
          if (value?.response.case !== "getArtifactResponse") throw new Error("no data");
          sizes.push(value.response.value.data.length);
          received.push(Buffer.from(value.response.value.data));
          if (value.isLast) break;
        }
      }
    },
  });
  await stageTo(service, Promise.resolve(offered));
  expect(Buffer.concat(received).equals(large)).toBe(true);
  expect(sizes).toEqual([1 << 20, 1 << 20, 2_500_000 - (2 << 20), 0, 0]);
});

test("stageArtifacts gives out nothing but what is offered", async () => {
  const [secret] = await offerArtifacts([{ stagedName: "passwd", path: "/etc/hostname" }]);
  const service = bindService(ArtifactStagingService, {
    reverseArtifactRetrievalService: async ({ messages, send }) => {
      const artifact = secret?.information;
      if (artifact === undefined) throw new Error("nothing to ask for");
      void send({ request: { case: "getArtifact", value: { artifact } } });
      for await (const { response } of messages) {
        if (response.case === "getArtifactResponse") throw new Error("it was given out");
      }
    },
  });
  await expect(stageTo(service)).rejects.toMatchObject({ code: "UNKNOWN_ARTIFACT" });
});

test("stageArtifacts gives up on a server that asks for nothing and does not end", async () => {
  const service = bindService(ArtifactStagingService, {
    reverseArtifactRetrievalService: async ({ messages }) => {
      for await (const _ of messages);
    },
  });
  await expect(stageTo(service, offerArtifacts([]), 20)).rejects.toThrow(
    "the server asked for nothing for 0.02 s",
  );
});
