import {
  DefinitionFault,
  foldName,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  type LegacyColumn,
  Members,
  member,
  parseLegacyColumn,
  RowError,
} from "@ofs/rows";
import { invalidBody } from "../row-handler.ts";

/** A read of one row. */
export interface LegacyRead {
  readonly groupName: string;
  /** As asked for, in the group. */
  readonly columns: readonly string[];
  /** What the answer calls them. */
  readonly responseNames: readonly string[];
  readonly keyNames: readonly string[];
  readonly key: readonly JsonValue[];
  /** As sent, with folded names. */
  readonly echo: JsonObject;
}

export interface LegacyBulkRead extends Omit<LegacyRead, "key"> {
  readonly keys: readonly (readonly JsonValue[])[];
}

export interface LegacyWrite {
  readonly entityName: string;
  readonly groupName: string;
  readonly names: readonly string[];
  readonly row: readonly JsonValue[];
  /** As sent; with folded names where those were asked for. */
  readonly echo: JsonObject;
}

export interface LegacyTable {
  readonly name: string;
  readonly columns: ReadonlyMap<string, string>;
  readonly primaryKeys: readonly string[];
  readonly ttl: JsonValue;
  readonly echo: JsonObject;
}

/** Reads of one call, at most. */
const MAX_BATCHES = 10;

/** @throws {RowError} INVALID_REQUEST for a body of another form, READ-FEATURE-GROUP-REQUEST-EXCEPTION for its columns */
export function legacyRead(body: JsonValue, path: string): LegacyRead {
  return binding(path, () => bindRead(new Members(body), path));
}

/** @throws {RowError} as `legacyRead` */
export function legacyMultiRead(body: JsonValue, path: string): LegacyRead[] {
  return binding(path, () => {
    const batches = requireField(new Members(body).optionalList("Batches"), "Batches", path);
    if (batches.length > MAX_BATCHES) {
      throw invalidBody(path, `max ${MAX_BATCHES} batches allowed per request`);
    }
    return batches.map((batch, index) => bindRead(new Members(batch, `Batches[${index}]`), path));
  });
}

/** @throws {RowError} as `legacyRead` */
export function legacyBulkRead(body: JsonValue, path: string): LegacyBulkRead {
  return binding(path, () => {
    const members = new Members(body);
    const table = foldName(requireText(members, "TableName", path));
    const fixed = folded(requireObject(members, "PrimaryKeys", path).json);
    const inValues = requireObject(members, "InValArray", path);
    const column = foldName(requireText(inValues, "ColumnName", path));
    const values = requireField(inValues.optionalList("Values"), "Values", path);
    const asked = bindColumns(members, path);
    const echo = createObject({
      TableName: table,
      PrimaryKeys: fixed,
      InValArray: createObject({ ColumnName: column, Values: values }),
      Columns: asked.echo,
    });
    const others = Object.values(fixed);
    return {
      groupName: asked.groupName,
      columns: asked.columns,
      responseNames: asked.responseNames,
      keyNames: [...Object.keys(fixed), column],
      keys: values.map((value) => [...others, value]),
      echo,
    };
  });
}

/** @param isFolded whether all names are folded @throws {RowError} INVALID_REQUEST */
export function legacyWrite(body: JsonValue, path: string, isFolded: boolean): LegacyWrite {
  return binding(path, () => bindWrite(new Members(body), path, isFolded));
}

/** @throws {RowError} INVALID_REQUEST */
export function legacyBatchWrite(body: JsonValue, path: string): LegacyWrite[] {
  return binding(path, () => {
    const records = requireField(new Members(body).optionalList("Body"), "Body", path);
    return records.map((record, index) =>
      bindWrite(new Members(record, `Body[${index}]`), path, true),
    );
  });
}

/** @throws {RowError} INVALID_REQUEST */
export function legacyCreateTable(body: JsonValue, path: string): LegacyTable {
  return binding(path, () => {
    const { name, columns, members } = bindTable(body, path);
    const keys = requireField(members.optionalScalars("PrimaryKeys"), "PrimaryKeys", path);
    const ttl = member(members.json, "Ttl") ?? new JsonNumber("0");
    const echo = createObject({
      Name: name,
      Columns: createObject(Object.fromEntries(columns)),
      PrimaryKeys: keys,
      Ttl: ttl,
    });
    return { name, columns, primaryKeys: keys, ttl, echo };
  });
}

/** @throws {RowError} INVALID_REQUEST */
export function legacyAlterTable(body: JsonValue, path: string): LegacyTable {
  return binding(path, () => {
    const { name, columns } = bindTable(body, path);
    const echo = createObject({ Name: name, Columns: createObject(Object.fromEntries(columns)) });
    return { name, columns, primaryKeys: [], ttl: null, echo };
  });
}

function bindTable(body: JsonValue, path: string) {
  const members = new Members(body);
  const name = requireText(members, "Name", path);
  const sent = requireObject(members, "Columns", path);
  const columns = new Map<string, string>();
  for (const column of Object.keys(sent.json)) {
    columns.set(column, sent.optionalScalar(column) ?? "null");
  }
  return { members, name, columns };
}

function bindRead(members: Members, path: string): LegacyRead {
  const table = foldName(requireText(members, "TableName", path));
  const values = folded(requireObject(members, "Values", path).json);
  const asked = bindColumns(members, path);
  return {
    groupName: asked.groupName,
    columns: asked.columns,
    responseNames: asked.responseNames,
    keyNames: Object.keys(values),
    key: Object.values(values),
    echo: createObject({ TableName: table, Values: values, Columns: asked.echo }),
  };
}

interface AskedColumns {
  readonly groupName: string;
  readonly columns: string[];
  readonly responseNames: string[];
  readonly echo: JsonValue;
}

/** Columns of one feature group, and perhaps of its entity. @throws {RowError} */
function bindColumns(members: Members, path: string): AskedColumns {
  const sent = requireField(members.optionalList("Columns"), "Columns", path);
  const columns: string[] = [];
  const responseNames: string[] = [];
  const groups = new Set<string>();
  const echo = sent.map((each, index) => {
    const place = `Columns[${index}]`;
    const column = new Members(each, place);
    const name = foldName(requireField(column.optionalScalar("Name"), `${place}.Name`, path));
    const responseName = foldName(column.optionalScalar("ResponseColumnName") ?? name);
    const parts: LegacyColumn | undefined = parseLegacyColumn(name);
    if (parts !== undefined) groups.add(parts.groupName);
    columns.push(parts?.column ?? name);
    responseNames.push(responseName);
    return createObject({ Name: name, ResponseColumnName: responseName });
  });
  const [groupName] = groups;
  if (groupName === undefined || groups.size > 1) {
    throw RowError.of("READ-FEATURE-GROUP-REQUEST-EXCEPTION");
  }
  if (new Set(columns).size < columns.length) {
    const message = "duplicate columns in read request";
    throw RowError.of("READ-FEATURE-GROUP-REQUEST-EXCEPTION", { message });
  }
  return { groupName, columns, responseNames, echo };
}

function bindWrite(members: Members, path: string, isFolded: boolean): LegacyWrite {
  const fold = (name: string): string => (isFolded ? foldName(name) : name);
  const entityName = fold(requireText(members, "EntityName", path));
  const entities = requireField(members.optionalScalars("Entities"), "Entities", path).map(fold);
  const groupName = fold(requireText(members, "FeatureGroup", path));
  const sent = requireObject(members, "Features", path).json;
  const features = isFolded ? folded(sent) : sent;
  return {
    entityName,
    groupName,
    names: Object.keys(features),
    row: Object.values(features),
    echo: createObject({
      EntityName: entityName,
      Entities: entities,
      FeatureGroup: groupName,
      Features: features,
    }),
  };
}

function folded(object: JsonObject): JsonObject {
  const entries = Object.entries(object);
  return createObject(Object.fromEntries(entries.map(([name, value]) => [foldName(name), value])));
}

/** Without inherited members, as all that is parsed. */
function createObject(members: { readonly [name: string]: JsonValue }): JsonObject {
  return Object.assign(Object.create(null) as object, members) as JsonObject;
}

function requireText(members: Members, name: string, path: string): string {
  return requireField(members.optionalScalar(name), name, path);
}

function requireObject(members: Members, name: string, path: string): Members {
  return requireField(members.optionalObject(name), name, path);
}

function requireField<T>(value: T | undefined, name: string, path: string): T {
  if (value !== undefined) return value;
  throw invalidBody(path, `${name} must not be null`);
}

/** @throws {RowError} INVALID_REQUEST for what does not have the request's form */
function binding<T>(path: string, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (error instanceof DefinitionFault) throw invalidBody(path, error.message);
    throw error;
  }
}
