import { brokenTable, DeltaError } from "./errors.ts";
import type { DataFile, TableSnapshot } from "./model/table-model.ts";
import type { TableField, TableType } from "./model/table-type.ts";
import type { FileReader } from "./reader/file-reader.ts";
import type { FileField, FileType } from "./reader/worker/file-schema.ts";
import type { StorageEntry, TableStorage } from "./storage/table-storage.ts";

/** What Hive writes for a missing value. */
const HIVE_NULL = "__HIVE_DEFAULT_PARTITION__";
const PARTITION = /^([^=]+)=(.*)$/s;
const FILES_MAX = 1_000_000;

interface FolderFile {
  readonly entry: StorageEntry;
  readonly partitionValues: ReadonlyMap<string, string | null>;
}

/**
 * A folder of plain Parquet files as a table; `name=value` in paths are partition columns: of type long where all values
 * are whole numbers, else string. Names with a dot or underscore in front are passed over. All files have the columns of
 * the first by name; other files may lack some.
 *
 * @throws {DeltaError} NOT_FOUND without a file, FAILED_PRECONDITION if the files do not fit together, UNIMPLEMENTED for
 * columns of types that no table has
 */
export async function openParquetFolder(
  storage: TableStorage,
  reader: FileReader,
  signal?: AbortSignal,
): Promise<TableSnapshot> {
  const entries = await storage.list("", { isRecursive: true, signal });
  const files = entries.filter(({ name }) => isDataName(name)).map(folderFile);
  if (files.length > FILES_MAX) {
    const limit = `more than ${FILES_MAX}`;
    throw new DeltaError(
      "RESOURCE_EXHAUSTED",
      `${storage.location} has ${files.length} files, ${limit}`,
    );
  }
  const [first] = files;
  if (first === undefined) {
    throw new DeltaError("NOT_FOUND", `${storage.location} has no Parquet files`);
  }
  const partitions = partitionFields(files, first);
  const { name: path, sizeBytes } = first.entry;
  const { fields, rowCount } = await reader.describe(storage, { path, sizeBytes }, signal);
  const names = new Set(partitions.map(({ name }) => name));
  const columns = fields
    .filter(({ name }) => !names.has(name))
    .map((field) => tableField(field, path));
  return {
    version: 0,
    commitTimeMs: files.reduce((time, { entry }) => Math.max(time, entry.modifiedMs), 0),
    schema: [...columns, ...partitions],
    files: files.map((file, index) => dataFile(file, index === 0 ? rowCount : undefined)),
    partitionColumns: [...names],
    configuration: new Map(),
  };
}

function isDataName(name: string): boolean {
  const parts = name.split("/");
  return name.endsWith(".parquet") && !parts.some((part) => /^[._](?![^=]*=)/.test(part));
}

function folderFile(entry: StorageEntry): FolderFile {
  const folders = entry.name.split("/").slice(0, -1);
  const values = folders.flatMap((folder) => {
    const [, name, value] = PARTITION.exec(folder) ?? [];
    if (name === undefined || value === undefined) return [];
    const text = decodePart(value, entry.name);
    return [[decodePart(name, entry.name), text === HIVE_NULL ? null : text] as const];
  });
  return { entry, partitionValues: new Map(values) };
}

function decodePart(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw brokenTable(`file ${path}: ${text} in its path is not percent-encoded`, cause);
  }
}

function partitionFields(files: readonly FolderFile[], first: FolderFile): TableField[] {
  const names = [...first.partitionValues.keys()];
  for (const { entry, partitionValues } of files) {
    const found = [...partitionValues.keys()];
    if (found.join("/") !== names.join("/")) {
      throw brokenTable(
        `file ${entry.name} has the partition columns ${found.join(", ") || "none"}, and ` +
          `${first.entry.name} has ${names.join(", ") || "none"}`,
      );
    }
  }
  return names.map((name) => {
    const texts = files.flatMap(({ partitionValues }) => partitionValues.get(name) ?? []);
    const kind = texts.length > 0 && texts.every(isLong) ? "long" : "string";
    return plainField(name, { kind });
  });
}

/** `007` is no number: it would be another text afterwards. */
function isLong(text: string): boolean {
  return /^(?:0|-?[1-9]\d{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function tableField({ name, type }: FileField, path: string): TableField {
  return plainField(name, tableType(type, `file ${path}: column ${name}`));
}

function tableType(type: FileType, source: string): TableType {
  switch (type.kind) {
    case "unknown":
      throw new DeltaError("UNIMPLEMENTED", `${source}: type ${type.description} is not known`);
    case "array":
      return { kind: "array", element: tableType(type.element, source) };
    case "map":
      return {
        kind: "map",
        key: tableType(type.key, source),
        value: tableType(type.value, source),
      };
    case "struct":
      return {
        kind: "struct",
        fields: type.fields.map((field) => plainField(field.name, tableType(field.type, source))),
      };
    default:
      return type;
  }
}

function plainField(name: string, type: TableType): TableField {
  return { name, type, isNullable: true, physicalName: name, fieldId: undefined };
}

function dataFile({ entry, partitionValues }: FolderFile, rowCount: number | undefined): DataFile {
  const { name: path, sizeBytes } = entry;
  return {
    path,
    sizeBytes,
    rowCount,
    partitionValues,
    deletionVector: undefined,
    stats: undefined,
  };
}
