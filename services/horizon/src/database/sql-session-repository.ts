import type { SqlEngine } from "@ofs/database";
import { formatTimestamp, requireText } from "./fields.ts";
import type { SessionRepository } from "./ports.ts";
import type { Tables } from "./schema.ts";

/** Sessions in the table that existing readers know; its column `token` holds hashes. */
export class SqlSessionRepository implements SessionRepository {
  readonly #engine: SqlEngine<Tables>;

  constructor(engine: SqlEngine<Tables>) {
    this.#engine = engine;
  }

  async create(session: Parameters<SessionRepository["create"]>[0]): Promise<void> {
    const { tokenHash, email, expiresAtMs } = session;
    const row = {
      user_email: requireText("email", email),
      token: requireText("tokenHash", tokenHash),
      created_at: formatTimestamp(Date.now()),
      expires_at: formatTimestamp(expiresAtMs),
      expires_at_ms: expiresAtMs,
    };
    await this.#engine.write((tx) => tx.insertInto("user_tokens").values(row).execute());
  }

  async findEmail(tokenHash: string, nowMs: number): Promise<string | undefined> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("user_tokens")
        .select(["user_email", "token"])
        .where("token", "=", tokenHash)
        .where("expires_at_ms", ">", nowMs)
        .execute(),
    );
    // The column's collation takes capital letters for small ones.
    return rows.find(({ token }) => token === tokenHash)?.user_email;
  }

  async delete(tokenHash: string): Promise<void> {
    await this.#engine.write((tx) =>
      tx.deleteFrom("user_tokens").where("token", "=", tokenHash).execute(),
    );
  }

  deleteOf(email: string): Promise<number> {
    return this.#engine.write(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom("user_tokens")
        .where("user_email", "=", email)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  deleteExpired(nowMs: number): Promise<number> {
    return this.#engine.write(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom("user_tokens")
        .where("expires_at_ms", "<=", nowMs)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }
}
