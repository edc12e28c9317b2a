// Has a PySpark session that is up run a job, and waits for its end:
// `node pyspark-job.mjs HOST:PORT dataframe|rdd INPUT OUTPUT`
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [address = "", ...job] = process.argv.slice(2);
const [host, port] = address.split(":");

const socket = connect(Number(port), host);
socket.write(`${JSON.stringify(job)}\n`);
const [answer] = await once(createInterface({ input: socket }), "line");
socket.destroy();
const outcome = JSON.parse(answer);
if (outcome !== "done") throw new Error(outcome);
