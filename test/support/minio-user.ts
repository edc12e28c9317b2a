import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** An S3 server that is MinIO, with the keys of its administrator. */
export interface MinioAdmin {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface MinioKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a user may do: statements of an IAM policy. */
export interface PolicyStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** Makes a user whom MinIO allows what the statements say and nothing else. */
export async function createMinioUser(
  admin: MinioAdmin,
  name: string,
  statements: readonly PolicyStatement[],
): Promise<MinioKeys> {
  const keys = { accessKeyId: name, secretAccessKey: `${name}-secret` };
  const secret = JSON.stringify({ secretKey: keys.secretAccessKey, status: "enabled" });
  const sealed = seal(admin.secretAccessKey, Buffer.from(secret));
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  await call(admin, "add-user", { accessKey: name }, sealed);
  await call(admin, "add-canned-policy", { name }, Buffer.from(policy));
  const attached = { isGroup: "false", policyName: name, userOrGroup: name };
  await call(admin, "set-user-or-group-policy", attached, Buffer.alloc(0));
  return keys;
}

/** A request to MinIO's own API, signed as requests to S3 are (AWS Signature Version 4). */
async function call(
  admin: MinioAdmin,
  name: string,
  query: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<void> {
  const url = new URL(`/minio/admin/v3/${name}`, admin.endpoint);
  for (const key of Object.keys(query).sort()) url.searchParams.set(key, query[key] ?? "");
  const time = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const day = time.slice(0, 8);
  const hash = createHash("sha256").update(body).digest("hex");
  const headers = { host: url.host, "x-amz-content-sha256": hash, "x-amz-date": time };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([key, value]) => `${key}:${value}\n`);
  const request = ["PUT", url.pathname, url.search.slice(1), lines.join(""), names, hash].join(
    "\n",
  );
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const digest = createHash("sha256").update(request).digest("hex");
  let key: Buffer = Buffer.from(`AWS4${admin.secretAccessKey}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key)
    .update(["AWS4-HMAC-SHA256", time, scope, digest].join("\n"))
    .digest("hex");
  const credential = `Credential=${admin.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  const response = await fetch(url, {
    method: "PUT",
    headers: { ...headers, authorization },
    body: new Uint8Array(body),
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
}

/**
 * Encrypts as MinIO wants secrets sent: salt, 2 for "PBKDF2 and AES-GCM", nonce, and one last packet
 * whose associated data begin with 0x80 and end with the tag of packet 0, which is empty.
 */
function seal(password: string, plain: Buffer): Buffer {
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = pbkdf2Sync(password, salt, 8192, 32, "sha256");
  const packet = (sequence: number, associated: Buffer, data: Buffer) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(sequence);
    const cipher = createCipheriv("aes-256-gcm", key, Buffer.concat([nonce, counter]));
    cipher.setAAD(associated);
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  };
  const tag = packet(0, Buffer.alloc(0), Buffer.alloc(0));
  const last = packet(1, Buffer.concat([Buffer.from([0x80]), tag]), plain);
  return Buffer.concat([salt, Buffer.from([2]), nonce, last]);
}
