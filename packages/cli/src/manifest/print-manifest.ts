import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { FlagValues, PipelineContext } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import { UsageError } from "../command/usage-error.js";
import type { manifestCommandFlags } from "../commands/manifest-flags.js";
import { withConfig } from "../config/with-config.js";
import { countOf } from "../text/names.js";
import { shortPath } from "../text/short-path.js";
import { schemaProblems } from "./check-schema.js";
import { chooseSchemas } from "./choose-schemas.js";
import { manifestInputOf } from "./manifest-input-of.js";
import { planManifest } from "./plan-manifest.js";
import { renderYaml } from "./render-yaml.js";

type Context = PipelineContext<typeof manifestCommandFlags>;

/** Prints the manifest of a pipeline, or writes it to a file. */
export async function printManifest({
  pipeline,
  flags: typed,
  cli,
  terminal,
}: Context): Promise<number> {
  const { manifestCommandFlags: table } = await import("../commands/manifest-flags.js");
  const configured = await withConfig(table, typed, cli);
  const flags: FlagValues<typeof manifestCommandFlags> = configured.flags;
  const { schemas, namespace, reason } = await chooseSchemas(flags, cli);
  const { name } = pipeline.definition;
  const input = manifestInputOf(flags, {
    pipeline: name,
    namespace,
    cwd: cli.cwd,
    env: cli.env,
  });
  const { application, support } = planManifest(input);
  if (schemas === undefined) {
    terminal.talk(
      terminal.style.warn(
        `Not checked against the operator's schema, as no cluster was seen that has it (${reason}); --crd FILE names a copy of it.`,
      ),
    );
  } else {
    const problems = await schemaProblems(application, schemas);
    if (problems.length > 0) {
      throw new UsageError(`make a manifest that ${schemas.source} takes`, problems);
    }
  }
  const objects = [...support, application];
  if (terminal.json) {
    terminal.document({ application, support, schema: schemas?.source ?? null });
    return exitCodes.done.code;
  }
  const text = renderYaml(objects);
  if (flags.out === undefined) terminal.data(text);
  else {
    const out = resolve(cli.cwd, flags.out);
    await writeFile(out, text);
    terminal.data(out);
    const checked = schemas === undefined ? "" : `, checked against ${schemas.source}`;
    terminal.talk(
      `${terminal.style.good("Written")}: ${countOf(objects.length, "object")}${checked}. Apply it: kubectl apply -f ${shortPath(out, cli.cwd)}`,
    );
  }
  return exitCodes.done.code;
}
