import type { RegistryTree } from "@ofs/registry";

/*
 * Reads a tree as the oldest readers do, by the published table of keys alone: one bad value aborts all, names are compared
 * in lower case without dashes, an empty value counts as absent. Beside it, what the control plane promises of its own
 * writes: block sizes fit the columns, numbers are not used twice, sources are of features that there are.
 */

const WIDTHS: Readonly<Record<string, number>> = {
  FP8E5M2: 1,
  FP8E4M3: 1,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  Int8: 1,
  Int16: 2,
  Int32: 4,
  Int64: 8,
  Uint8: 1,
  Uint16: 2,
  Uint32: 4,
  Uint64: 8,
  Bool: 1,
};

const STORE_FIELDS =
  "conf-id,db-type,max-column-size-in-bytes,max-row-size-in-bytes,primary-keys,table,table-ttl";

const PATHS: readonly RegExp[] = [
  /^$/,
  /^storage\/stores\/\d+$/,
  /^security\/(writer|reader)\/[^/]+$/,
  /^source\/[^/|]+\|[^/|]+\|[^/|]+$/,
  /^entities\/[^/]+\/label$/,
  /^entities\/[^/]+\/keys\/[^/]+\/(sequence|entity-label|column-label)$/,
  /^entities\/[^/]+\/(distributed|in-memory)-cache\/(enabled|ttl-in-seconds|jitter-percentage|conf-id)$/,
  /^entities\/[^/]+\/feature-groups\/[^/]+\/(id|store-id|data-type|ttl-in-seconds|job-id|in-memory-cache-enabled|distributed-cache-enabled|layout-version|active-version)$/,
  /^entities\/[^/]+\/feature-groups\/[^/]+\/columns\/seg_\d+\/(label|current-size-in-bytes)$/,
  /^entities\/[^/]+\/feature-groups\/[^/]+\/features\/\d+\/(labels|default-values|feature-meta)$/,
];

interface Meta {
  readonly sequence: number;
  readonly "default-value": string | null;
  readonly "string-length": number;
  readonly "vector-length": number;
}

/** @throws {Error} for the first rule that the tree breaks */
export function readStrictly(tree: RegistryTree): void {
  const texts = new Map<string, string>();
  for (const [path, value] of tree.entries) {
    check(
      PATHS.some((pattern) => pattern.test(path)),
      path,
      "is no known path",
    );
    if (value.length > 0) texts.set(path, new TextDecoder("utf-8", { fatal: true }).decode(value));
  }
  checkNames(texts);
  for (const [path, text] of texts) checkValue(path, text);
  for (const entity of namesBelow(texts, "entities")) checkEntity(texts, entity);
  checkSources(texts);
  checkStoreOwners(texts);
}

function check(isGood: boolean, path: string, complaint: string): asserts isGood {
  if (!isGood) throw new Error(`${path}: ${complaint}`);
}

/** Names of one place must differ after folding. */
function checkNames(texts: ReadonlyMap<string, string>): void {
  const spelled = new Map<string, string>();
  for (const path of texts.keys()) {
    const names = path.split("/");
    for (let count = 1; count <= names.length; count++) {
      const place = names.slice(0, count).join("/");
      const folded = place.toLowerCase().replaceAll("-", "");
      const known = spelled.get(folded);
      check(known === undefined || known === place, place, `is ${known} for readers`);
      spelled.set(folded, place);
    }
  }
}

function checkValue(path: string, text: string): void {
  const name = path.split("/").at(-1) ?? "";
  if (/(^|-)enabled$/.test(name)) check(/^(true|false)$/.test(text), path, `${text} is no bool`);
  if (
    /^(sequence|id|store-id|ttl-in-seconds|conf-id|active-version|current-size-in-bytes)$/.test(
      name,
    )
  ) {
    check(/^\d+$/.test(text), path, `${text} is no uint`);
  }
  if (name === "layout-version") check(text === "1", path, `${text} is not 1`);
  if (name === "jitter-percentage") {
    check(/^\d+$/.test(text) && Number(text) <= 100, path, `${text} is no percentage`);
  }
  if (path.startsWith("storage/")) {
    const store = JSON.parse(text) as object;
    check(Object.keys(store).join(",") === STORE_FIELDS, path, `has other fields: ${text}`);
  }
  if (path.startsWith("security/")) {
    const { token } = JSON.parse(text) as { token?: unknown };
    check(typeof token === "string" && token !== "", path, "has no token");
  }
}

function checkEntity(texts: ReadonlyMap<string, string>, entity: string): void {
  const path = `entities/${entity}`;
  check(texts.get(`${path}/label`) === entity, path, "has another label");
  const sequences = namesBelow(texts, `${path}/keys`)
    .map((key) => Number(texts.get(`${path}/keys/${key}/sequence`)))
    .sort((a, b) => a - b);
  check(sequences.length > 0, path, "has no keys");
  check(
    sequences.every((sequence, index) => sequence === index),
    path,
    "has gaps in its keys",
  );
  const ids = new Set<string>();
  const columns = new Set<string>();
  for (const group of namesBelow(texts, `${path}/feature-groups`)) {
    const groupPath = `${path}/feature-groups/${group}`;
    const id = texts.get(`${groupPath}/id`) ?? "";
    check(!ids.has(id), groupPath, `id ${id} is another group's`);
    ids.add(id);
    for (const column of namesBelow(texts, `${groupPath}/columns`)) {
      check(!columns.has(column), groupPath, `${column} is another group's`);
      columns.add(column);
    }
    checkGroup(texts, groupPath);
  }
}

function checkGroup(texts: ReadonlyMap<string, string>, path: string): void {
  for (const name of ["store-id", "job-id", "data-type", "ttl-in-seconds", "layout-version"]) {
    check(texts.has(`${path}/${name}`), path, `has no ${name}`);
  }
  check(texts.has(`storage/stores/${texts.get(`${path}/store-id`)}`), path, "has no store");
  check(texts.has(`security/writer/${texts.get(`${path}/job-id`)}`), path, "has no job");
  const type = (texts.get(`${path}/data-type`) ?? "").replace(/^DataType/, "");
  const active = Number(texts.get(`${path}/active-version`));
  check(active >= 1 && active <= 65_535, path, `has active version ${active}`);
  const versions = namesBelow(texts, `${path}/features`).map(Number);
  check(Math.max(1, ...versions) === active, path, `version ${active} is not the latest`);
  const sizes = versions.map((version) => checkVersion(texts, `${path}/features/${version}`, type));
  const columns = namesBelow(texts, `${path}/columns`);
  const sizesOfColumns = columns.map((column) => {
    check(texts.get(`${path}/columns/${column}/label`) === column, path, `${column} has no label`);
    return Number(texts.get(`${path}/columns/${column}/current-size-in-bytes`));
  });
  check(
    sizesOfColumns.every((size) => size <= 1024),
    path,
    "has a column that is too large",
  );
  const total = sizesOfColumns.reduce((sum, size) => sum + size, 0);
  const blocks = 9 + (versions.includes(active) ? (sizes[versions.indexOf(active)] ?? 0) : 0);
  check(total === blocks, path, `columns are counted as ${total}, blocks take ${blocks}`);
  const capacity = columns.length * 1024;
  check(capacity >= 9 + Math.max(0, ...sizes), path, `blocks do not fit ${columns.length} columns`);
}

/** @returns bytes that the features take in a block */
function checkVersion(texts: ReadonlyMap<string, string>, path: string, type: string): number {
  const labels = (texts.get(`${path}/labels`) ?? "").split(",").filter((label) => label !== "");
  const metas = new Map(
    Object.entries(JSON.parse(texts.get(`${path}/feature-meta`) ?? "{}") as Record<string, Meta>),
  );
  check(metas.size === labels.length, path, "labels and feature-meta differ");
  const isVector = type.endsWith("Vector");
  let sizeBytes = 0;
  for (const [index, label] of labels.entries()) {
    const meta = metas.get(label);
    check(meta !== undefined, path, `${label} has no feature-meta`);
    check(meta.sequence === index, path, `${label} has sequence ${meta.sequence}`);
    sizeBytes += checkFeature(meta, type, `${path} ${label}`);
  }
  const defaults = texts.get(`${path}/default-values`) ?? "";
  const parts = isVector ? (defaults.match(/\[[^\]]*\]/g) ?? []) : defaults.split(",");
  check(labels.length === 0 || parts.length === labels.length, path, `defaults are ${defaults}`);
  return sizeBytes;
}

function checkFeature(meta: Meta, type: string, path: string): number {
  const isVector = type.endsWith("Vector");
  const element = type.replace(/Vector$/, "");
  const bytes = Buffer.from(meta["default-value"] ?? "", "base64");
  const count = isVector ? meta["vector-length"] : 1;
  check(isVector ? count > 0 : meta["vector-length"] === 0, path, "has a wrong vector length");
  if (element === "String") {
    const limit = meta["string-length"];
    check(limit > 0, path, "has no string length");
    checkStrings(bytes, isVector ? count : undefined, limit, path);
    return count * (limit + 2);
  }
  const width = WIDTHS[element];
  check(width !== undefined, path, `${type} is no data type`);
  check(bytes.length === width * count, path, `has a default of ${bytes.length} bytes`);
  return width * count;
}

function checkStrings(bytes: Buffer, count: number | undefined, limit: number, path: string): void {
  if (count === undefined) {
    check(bytes.length <= limit, path, "has too long a default");
    return;
  }
  let end = count * 2;
  for (let index = 0; index < count; index++) {
    const length = bytes.readUInt16LE(index * 2);
    check(length <= limit, path, "has too long a string in its default");
    end += length;
  }
  check(end === bytes.length, path, "has a default of another length");
}

/** Sources are of features of the active version, in four parts. */
function checkSources(texts: ReadonlyMap<string, string>): void {
  for (const [path, text] of texts) {
    if (!path.startsWith("source/")) continue;
    const [entity, group, feature] = path.slice("source/".length).split("|");
    const groupPath = `entities/${entity}/feature-groups/${group}`;
    const active = texts.get(`${groupPath}/active-version`);
    const labels = (texts.get(`${groupPath}/features/${active}/labels`) ?? "").split(",");
    check(labels.includes(feature ?? ""), path, "is of no active feature");
    const parts = text.split("|");
    check(parts.length === 4, path, `has ${parts.length} parts`);
    check(
      parts.slice(0, 3).every((part) => part !== ""),
      path,
      "has empty parts",
    );
  }
}

function checkStoreOwners(texts: ReadonlyMap<string, string>): void {
  const owners = new Map<string, string>();
  for (const [path, storeId] of texts) {
    const match = /^entities\/([^/]+)\/feature-groups\/[^/]+\/store-id$/.exec(path);
    if (match === null || (texts.get(`storage/stores/${storeId}`) ?? "").includes("redis"))
      continue;
    const entity = match[1] ?? "";
    check((owners.get(storeId) ?? entity) === entity, path, `store ${storeId} is another entity's`);
    owners.set(storeId, entity);
  }
}

function namesBelow(texts: ReadonlyMap<string, string>, path: string): string[] {
  const names = new Set<string>();
  for (const each of texts.keys()) {
    if (each.startsWith(`${path}/`)) names.add(each.slice(path.length + 1).split("/")[0] ?? "");
  }
  return [...names];
}
