import type { ErrorObject } from "ajv";
import type { Problem } from "../command/usage-error.js";
import type { KubeObject } from "../kube/kube-object.js";
import { nearest } from "../text/nearest.js";
import { type CrdSchemas, toJsonSchema } from "./crd-schema.js";

/** Everything in an object that the operator's own schema refuses, each by its field's path. */
export async function schemaProblems(
  object: KubeObject,
  { kinds, source }: CrdSchemas,
): Promise<readonly Problem[]> {
  const schema = kinds[object.kind];
  if (schema === undefined) {
    return [{ subject: object.kind, message: `is no kind that ${source} defines` }];
  }
  const { Ajv } = await import("ajv");
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, validateFormats: false });
  const validate = ajv.compile(toJsonSchema(schema, object));
  if (validate(object)) return [];
  return (validate.errors ?? []).map(problemOf);
}

function problemOf(error: ErrorObject): Problem {
  const subject = fieldOf(error.instancePath);
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case "additionalProperties": {
      const name = String(params.additionalProperty);
      const known = Object.keys((error.parentSchema as { properties?: object })?.properties ?? {});
      const near = nearest(name, known);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      return { subject: join(subject, name), message: `no such field${hint}` };
    }
    case "required":
      return { subject: join(subject, String(params.missingProperty)), message: "missing" };
    case "enum": {
      const allowed = (params.allowedValues as readonly unknown[]).join(", ");
      return { subject, message: `is ${JSON.stringify(error.data)}; it may be ${allowed}` };
    }
    case "type": {
      const wanted = [params.type].flat().join(" or ");
      return { subject, message: `is ${JSON.stringify(error.data)}; it must be ${wanted}` };
    }
    default:
      return {
        subject,
        message: `is ${JSON.stringify(error.data)}; it ${error.message ?? "is wrong"}`,
      };
  }
}

/** `/spec/volumes/0/name` as `spec.volumes[0].name`. */
function fieldOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), "");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
