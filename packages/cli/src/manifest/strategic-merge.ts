/**
 * How items of a list are told apart, by the name of the list: as Kubernetes' own types declare it
 * (`patchMergeKey`). Lists that are not here are replaced as a whole, tolerations among them.
 */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  configMaps: "name",
  env: "name",
  hostAliases: "ip",
  initContainers: "name",
  ports: "containerPort",
  secrets: "name",
  sidecars: "name",
  volumeDevices: "devicePath",
  volumeMounts: "mountPath",
  volumes: "name",
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * A strategic merge patch, as kubectl does it: objects merge field by field and `null` takes a field
 * away; items of lists with a merge key merge with the item of the same key, or are added behind;
 * other lists are replaced. `$patch: replace` in an object replaces it (or the list that holds it),
 * `$patch: delete` takes the item away.
 *
 * @throws Error with a sentence when the patch cannot be understood.
 */
export function strategicMerge(target: unknown, patch: unknown, path = ""): unknown {
  if (!isFields(patch)) return patch;
  const { $patch: directive, ...fields } = patch;
  const unknown = Object.keys(fields).find((key) => key.startsWith("$"));
  if (unknown !== undefined) {
    throw new Error(`${inside(path, unknown)} is no directive that works here; only $patch is`);
  }
  if (directive === "replace") return withoutNulls(fields);
  if (directive !== undefined && directive !== "merge") {
    throw new Error(
      `${inside(path, "$patch")} is ${JSON.stringify(directive)}; it may be replace, or delete in an item of a list`,
    );
  }
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) {
    const here = inside(path, key);
    if (value === null) delete merged[key];
    else if (Array.isArray(value)) merged[key] = mergeList(merged[key], value, key, here);
    else merged[key] = strategicMerge(merged[key], value, here);
  }
  return merged;
}

function mergeList(
  target: unknown,
  patch: readonly unknown[],
  name: string,
  path: string,
): readonly unknown[] {
  const mergeKey = MERGE_KEYS[name];
  const items = patch.filter((item) => !isDirective(item, "replace"));
  const replaces = items.length < patch.length;
  if (mergeKey === undefined || replaces || !items.every(isFields)) {
    return items.map(withoutNulls);
  }
  const merged: unknown[] = Array.isArray(target) ? [...target] : [];
  for (const [index, item] of items.entries()) {
    const key = item[mergeKey];
    if (key === undefined) {
      throw new Error(`${path}[${index}] lacks ${mergeKey}, by which its items are told apart`);
    }
    const at = merged.findIndex((each) => isFields(each) && each[mergeKey] === key);
    if (item.$patch === "delete") {
      if (at >= 0) merged.splice(at, 1);
    } else if (at >= 0) merged[at] = strategicMerge(merged[at], item, `${path}[${index}]`);
    else merged.push(strategicMerge(undefined, item, `${path}[${index}]`));
  }
  return merged;
}

/** What is new has nothing that a `null` could take away. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

function isDirective(item: unknown, directive: string): boolean {
  return isFields(item) && item.$patch === directive && Object.keys(item).length === 1;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inside(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
