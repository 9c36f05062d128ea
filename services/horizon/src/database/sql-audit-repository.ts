import type { SqlEngine } from "@ofs/database";
import { parseJsonObject, requireInteger, requireText, shorten } from "./fields.ts";
import type { AuditEntry, AuditRepository } from "./ports.ts";
import type { Tables } from "./schema.ts";

const ACTION_LENGTH_MAX = 64;
const LIST_LENGTH_MAX = 1000;

/** What was done, by whom, to what. Nothing is ever changed or removed here. */
export class SqlAuditRepository implements AuditRepository {
  readonly #engine: SqlEngine<Tables>;

  constructor(engine: SqlEngine<Tables>) {
    this.#engine = engine;
  }

  async add({ atMs, actor, action, subject, details }: Omit<AuditEntry, "id">): Promise<void> {
    const row = {
      at_ms: atMs,
      // These hold what callers sent: an entry must not be missing because it was too long.
      actor: shorten(actor),
      subject: shorten(subject),
      action: requireText("action", action, ACTION_LENGTH_MAX),
      details: JSON.stringify(details),
    };
    await this.#engine.write((tx) => tx.insertInto("audit_log").values(row).execute());
  }

  async list(filter: Parameters<AuditRepository["list"]>[0]): Promise<AuditEntry[]> {
    const { actor, action, subject, beforeId } = filter;
    const limit = requireInteger("limit", filter.limit, 1, LIST_LENGTH_MAX);
    const rows = await this.#engine.read((db) => {
      let query = db.selectFrom("audit_log").selectAll().orderBy("id", "desc").limit(limit);
      if (actor !== undefined) query = query.where("actor", "=", actor);
      if (action !== undefined) query = query.where("action", "=", action);
      if (subject !== undefined) query = query.where("subject", "=", subject);
      if (beforeId !== undefined) query = query.where("id", "<", beforeId);
      return query.execute();
    });
    return rows.map((row) => ({
      id: row.id,
      atMs: row.at_ms,
      actor: row.actor,
      action: row.action,
      subject: row.subject,
      details: parseJsonObject(row.details, `audit entry ${row.id}`),
    }));
  }
}
