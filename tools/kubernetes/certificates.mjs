import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../lib/run.mjs";

/** How long the certificates are good for; a cluster lives for one test run. */
const DAYS = "30";

/**
 * The keys of one cluster: its authority, the API server's certificate, a client certificate that
 * may do anything, and the pair that signs the tokens of service accounts.
 * @param {string} folder
 * @param {readonly string[]} addresses of the API server
 */
export async function makeCertificates(folder, addresses) {
  const at = (/** @type {string} */ name) => join(folder, name);
  await openssl(
    "req",
    "-x509",
    ...newKey(at("ca.key")),
    "-subj",
    "/CN=beamline-test",
    "-out",
    at("ca.crt"),
  );
  const names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const alternatives = [
    ...names.map((name) => `DNS:${name}`),
    ...addresses.map((address) => `IP:${address}`),
  ];
  await Promise.all([
    signed(folder, "apiserver", "/CN=kube-apiserver", `subjectAltName=${alternatives.join(",")}`),
    signed(folder, "admin", "/O=system:masters/CN=admin", "extendedKeyUsage=clientAuth"),
    openssl("genrsa", "-out", at("accounts.key"), "2048"),
  ]);
  await openssl("rsa", "-in", at("accounts.key"), "-pubout", "-out", at("accounts.pub"));
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} subject
 * @param {string} extension
 */
async function signed(folder, name, subject, extension) {
  const at = (/** @type {string} */ ending) => join(folder, `${name}.${ending}`);
  writeFileSync(at("ext"), `${extension}\n`);
  await openssl("req", ...newKey(at("key")), "-subj", subject, "-out", at("csr"));
  const authority = ["-CA", join(folder, "ca.crt"), "-CAkey", join(folder, "ca.key")];
  const serial = ["-set_serial", `0x${Buffer.from(name).toString("hex")}`];
  const request = ["x509", "-req", "-in", at("csr"), "-extfile", at("ext"), "-days", DAYS];
  await openssl(...request, ...authority, ...serial, "-out", at("crt"));
}

/** @param {string} key */
function newKey(key) {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key];
}

/** @param {string[]} args */
function openssl(...args) {
  return mustRun("openssl", args);
}
