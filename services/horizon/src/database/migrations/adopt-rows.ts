import { type Kysely, sql } from "kysely";
import { parseJsonObject } from "../fields.ts";
import { kindOf, PLACES, type RequestTableName } from "../requests/places.ts";
import { typedTable } from "../requests/request-queries.ts";
import { waitingKey } from "../requests/request-rows.ts";
import type { Tables } from "../schema.ts";
import { REQUEST_TABLE_NAMES } from "./table-specs.ts";

/** Fields of a payload that its subject is made of, as `changes/subject.ts` makes it of a change that is valid. */
const SUBJECT_FIELDS: Readonly<Record<RequestTableName, readonly string[]>> = {
  store: ["table"],
  job: ["job-type", "job-id"],
  entity: ["entity-label"],
  feature_group: ["entity-label", "fg-label"],
  features: ["entity-label", "feature-group-label"],
};

/**
 * Gives rows that other software wrote what ours have. Of several that wait for the same, the first keeps others away. Its
 * sessions end: it stored their tokens as they are.
 */
export async function adoptRows(db: Kysely<Tables>): Promise<void> {
  await db.deleteFrom("user_tokens").where("expires_at_ms", "is", null).execute();
  for (const table of REQUEST_TABLE_NAMES) await adoptPending(db, table);
}

async function adoptPending(db: Kysely<Tables>, table: RequestTableName): Promise<void> {
  const hasType = Object.values(PLACES).some((place) => place.table === table && place.type);
  const rows = await db
    .selectFrom(typedTable(table))
    .select(["request_id", "payload"])
    .$if(hasType, (query) => query.select("request_type"))
    .where("status", "=", "PENDING APPROVAL")
    .where("subject", "is", null)
    .orderBy("request_id")
    .execute();
  const taken = new Set<string>();
  for (const row of rows) {
    const kind = kindOf(table, row.request_type);
    const subject = subjectOf(table, row.payload);
    if (kind === undefined || subject === undefined) continue;
    const key = waitingKey(kind, subject);
    await db
      .updateTable(typedTable(table))
      // The date of its last change would be set anew by itself.
      .set({ subject, waiting_key: taken.has(key) ? null : key, updated_at: sql`updated_at` })
      .where("request_id", "=", row.request_id)
      .execute();
    taken.add(key);
  }
}

/** @returns undefined if it is not what a request holds: it can be rejected, and keeps nobody away */
function subjectOf(table: RequestTableName, payload: unknown): string | undefined {
  const fields = parseJsonObject(payload, `payload of a request in ${table}`);
  const { table: storeTable } = fields;
  if (table === "store" && storeTable === "") return `conf-id ${fields["conf-id"]}`;
  const parts = SUBJECT_FIELDS[table].map((name) => fields[name]);
  if (!parts.every((part) => typeof part === "string")) return undefined;
  const subject = parts.join("/");
  return [...subject].length <= 255 ? subject : undefined;
}
