import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { importOptional } from "../../optional-package.js";
import { S3FileSystem } from "./s3-file-system.js";
import { type S3Sdk, S3Store } from "./s3-store.js";

const CONNECT_MS = 10_000;
/** Without a single byte; then the connection is given up, and the rest asked for anew. */
const SILENCE_MS = 60_000;
const ATTEMPTS = 8;

/**
 * Opens S3 as all of AWS's tools do: profile, region, endpoint and credentials come from `AWS_*`
 * variables and the shared configuration files, or from the pod or machine (IRSA, Pod Identity,
 * instance roles). `config` wins over them.
 *
 * @throws BeamlineError `PACKAGE_MISSING` when AWS's client is not installed.
 */
export async function openS3(config: S3ClientConfig = {}): Promise<S3FileSystem> {
  const sdk = await importOptional(
    "@aws-sdk/client-s3",
    "open s3:// paths",
    (): Promise<S3Sdk> => import("./s3-sdk.js"),
  );
  return new S3FileSystem(new S3Store(await createClient(sdk, config), sdk));
}

async function createClient({ S3Client }: S3Sdk, own: S3ClientConfig): Promise<S3Client> {
  // What it says of old releases of Node is nothing that a reader of a pipeline's output can act on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const config: S3ClientConfig = {
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    followRegionRedirects: true,
    // Throttling is ordinary in S3: it asks for patience until it has more servers for a prefix.
    ...(process.env.AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: ATTEMPTS } : {}),
    ...own,
  };
  const client = new S3Client(config);
  if (config.forcePathStyle !== undefined || !(await hasOwnEndpoint(client))) return client;
  // Other stores than AWS's seldom have a host name for each bucket.
  client.destroy();
  return new S3Client({ ...config, forcePathStyle: true });
}

/** Whether the configuration names an endpoint; variables and profiles count. */
async function hasOwnEndpoint({ config }: S3Client): Promise<boolean> {
  if (config.endpoint !== undefined) return true;
  const { serviceConfiguredEndpoint } = config as {
    readonly serviceConfiguredEndpoint?: () => Promise<string | undefined>;
  };
  return (await serviceConfiguredEndpoint?.()) !== undefined;
}
