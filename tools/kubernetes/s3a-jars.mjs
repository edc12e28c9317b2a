import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../lib/run.mjs";
import { cached, ensure, say } from "./cache.mjs";

const HADOOP = "3.3.4";

/** A folder with the jars that let Spark 3.5 read and write s3a://, fetched by Maven. */
export function ensureS3aJars() {
  return ensure(cached("s3a", HADOOP), async (scratch) => {
    say(`fetching hadoop-aws ${HADOOP} and what it needs: not in the cache (0.3 GB)`);
    writeFileSync(
      join(scratch, "pom.xml"),
      `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>beamline</groupId>
  <artifactId>jars</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.hadoop</groupId>
      <artifactId>hadoop-aws</artifactId>
      <version>${HADOOP}</version>
    </dependency>
  </dependencies>
</project>
`,
    );
    const jars = join(scratch, "jars");
    mkdirSync(jars);
    const options = [`-DoutputDirectory=${jars}`, "-DincludeScope=runtime"];
    await mustRun("mvn", ["-q", "-B", "dependency:copy-dependencies", ...options], {
      cwd: scratch,
    });
    return jars;
  });
}
