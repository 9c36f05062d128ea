import type { HttpReply } from "@ofs/http";
import { FeatureStoreError } from "@ofs/platform";
import {
  isJsonObject,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  legacyColumnType,
  member,
  parseJson,
  parseLegacyColumn,
  RowError,
  writeJson,
} from "@ofs/rows";
import type { AdminAnswer, RowAdmin } from "../row-admin.ts";
import type { RowCall } from "../row-handler.ts";
import { legacyFailure, legacySuccess } from "./legacy-replies.ts";
import { type LegacyTable, legacyAlterTable, legacyCreateTable } from "./legacy-requests.ts";

/** Who owns what old clients create. */
const OWNER = "old_fct@dream11.com";

const REGISTRATION = { owner: OWNER, tags: [], description: "" };

/** Where tables are created; undefined: nowhere. */
type Admin = RowAdmin | undefined;

/** An entity and its table. */
export async function createTable(admin: Admin, call: RowCall, path: string): Promise<HttpReply> {
  const table = legacyCreateTable(call.body, path);
  const { name, primaryKeys, ttl, echo, columns } = table;
  const features = featuresOf(columns, (column) => column);
  if (typeof features === "string") return legacyFailure(echo, 400, features);
  const entity = { tableName: name, features, primaryKeys, ttl };
  const body = writeJson({ entity, ...REGISTRATION });
  const answer = await requireAdmin(admin).post("/entity", body, call.signal);
  return adminReply(answer, table, "Successfully created the table.");
}

/** A feature group of an entity. */
export async function alterTable(admin: Admin, call: RowCall, path: string): Promise<HttpReply> {
  const table = legacyAlterTable(call.body, path);
  const { name, echo, columns } = table;
  const names = [...columns.keys()].map(parseLegacyColumn);
  const groups = new Set(names.map((parts) => parts?.groupName));
  const [groupName] = groups;
  if (groups.size !== 1 || groupName === undefined) {
    return legacyFailure(echo, 400, "invalid request");
  }
  const features = featuresOf(columns, (column) => parseLegacyColumn(column)?.column ?? column);
  if (typeof features === "string") return legacyFailure(echo, 400, features);
  const featureGroup = {
    featureGroupName: groupName,
    versionEnabled: false,
    featureGroupType: "ONLINE",
    entityName: name,
    features,
  };
  const body = writeJson({ featureGroup, ...REGISTRATION });
  const answer = await requireAdmin(admin).post("/feature-group", body, call.signal);
  return adminReply(answer, table, "Successfully Altered the table");
}

/** @returns columns as they are registered, or what is wrong with them */
function featuresOf(
  columns: ReadonlyMap<string, string>,
  nameOf: (column: string) => string,
): JsonObject[] | string {
  const features: JsonObject[] = [];
  for (const [column, sent] of columns) {
    const type = legacyColumnType(sent);
    if (type === undefined) return `Invalid column data type: ${sent}`;
    features.push({ name: nameOf(column), type, description: "", tags: [] });
  }
  return features;
}

function requireAdmin(admin: Admin): RowAdmin {
  if (admin !== undefined) return admin;
  throw new FeatureStoreError("UNAVAILABLE", "there is no control plane: ROW_ADMIN_URL is not set");
}

/** @throws {RowError} for what is not the caller's fault, in the control plane's words */
function adminReply(
  { status, body }: AdminAnswer,
  { echo }: LegacyTable,
  success: string,
): HttpReply {
  if (status === 200) return legacySuccess(success);
  const message = messageOf(body) ?? `the control plane answered with status ${status}`;
  if (status >= 400 && status < 500) return legacyFailure(echo, 400, message);
  throw RowError.of("UNKNOWN_EXCEPTION", { message, status: status === 503 ? 503 : 500 });
}

function messageOf(body: string): string | undefined {
  try {
    const error = memberOf(parseJson(body), "error");
    const message = error === undefined ? undefined : memberOf(error, "message");
    return typeof message === "string" ? message : undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  return isJsonObject(value) ? member(value, name) : undefined;
}
