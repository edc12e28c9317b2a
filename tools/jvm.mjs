// Fetches and builds what the tests on Beam's Java runners need, into the user's cache: the job
// servers of Spark and Flink, and Spark's jars. Needs a finished `npm run build`, Java and Maven.
import { ensureJobServerJar } from "../packages/cli/dist/jvm/job-server-jar.js";
import { ensureSpark } from "../packages/cli/dist/jvm/spark-installation.js";

/** @param {string} text */
const onProgress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};

const found = [
  await ensureJobServerJar("spark", { onProgress }),
  (await ensureSpark({ onProgress })).home,
  await ensureJobServerJar("flink", { onProgress }),
];
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
for (const path of found) console.log(path);
