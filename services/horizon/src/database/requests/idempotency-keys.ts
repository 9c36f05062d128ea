import type { SqlEngine } from "@ofs/database";
import { FeatureStoreError } from "@ofs/platform";
import type { Transaction } from "kysely";
import { CHANGE_KINDS } from "../../changes/model.ts";
import { hashParts } from "../fields.ts";
import type { ChangeRequest, NewChangeRequest } from "../ports.ts";
import type { Tables } from "../schema.ts";
import { columnsOf, tableOf } from "./request-queries.ts";
import { toRequest } from "./request-rows.ts";

/** How long a repeated submission is recognised. */
export const IDEMPOTENCY_KEY_TTL_MS = 24 * 3_600_000;
const PURGE_INTERVAL_MS = 3_600_000;

/** What a key stands for already. */
export interface KeyUse {
  readonly request: ChangeRequest | undefined;
  /** The subject of that request. */
  readonly usedFor: string;
  /** The key is there, but its time is over or its request is gone. */
  readonly stale: { readonly request_id: number; readonly expires_at_ms: number } | undefined;
}

const UNUSED: KeyUse = { request: undefined, usedFor: "", stale: undefined };

/** Keys of the `Idempotency-Key` header, as hashes, with the requests that they made. */
export class IdempotencyKeys {
  readonly #engine: SqlEngine<Tables>;
  #purgeAtMs = 0;

  constructor(engine: SqlEngine<Tables>) {
    this.#engine = engine;
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT if the key was used for another change */
  async find(
    { kind, subject, createdBy, idempotencyKey }: NewChangeRequest,
    nowMs: number,
  ): Promise<KeyUse> {
    if (idempotencyKey === undefined) return UNUSED;
    const use = await this.findUse(createdBy, idempotencyKey, nowMs);
    const { request, usedFor } = use;
    if (request === undefined || (request.kind === kind && usedFor === subject)) return use;
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `Idempotency-Key was used for ${request.kind} ${usedFor} before`,
    );
  }

  /** What a person's key stands for. */
  findUse(createdBy: string, idempotencyKey: string, nowMs: number): Promise<KeyUse> {
    return this.#engine.read(async (db) => {
      const key = await db
        .selectFrom("idempotency_keys")
        .select(["kind", "subject", "request_id", "expires_at_ms"])
        .where("key_hash", "=", hashParts(createdBy, idempotencyKey))
        .executeTakeFirst();
      if (key === undefined) return UNUSED;
      const kind = CHANGE_KINDS.find((each) => each === key.kind);
      if (key.expires_at_ms <= nowMs || kind === undefined) return { ...UNUSED, stale: key };
      const row = await db
        .selectFrom(tableOf(kind))
        .select(columnsOf(kind))
        .where("request_id", "=", key.request_id)
        .executeTakeFirst();
      if (row === undefined) return { ...UNUSED, stale: key };
      return { request: toRequest(kind, row), usedFor: key.subject, stale: undefined };
    });
  }

  /** In the transaction that makes the request: both are there, or neither. */
  async add(
    tx: Transaction<Tables>,
    { kind, subject, createdBy, idempotencyKey }: NewChangeRequest,
    requestId: number,
    use: KeyUse,
    nowMs: number,
  ): Promise<void> {
    if (idempotencyKey === undefined) return;
    const keyHash = hashParts(createdBy, idempotencyKey);
    if (use.stale !== undefined) {
      await tx
        .deleteFrom("idempotency_keys")
        .where("key_hash", "=", keyHash)
        // Not the one that somebody else has put in its place since.
        .where("request_id", "=", use.stale.request_id)
        .where("expires_at_ms", "=", use.stale.expires_at_ms)
        .execute();
    }
    const row = { key_hash: keyHash, kind, request_id: requestId, subject };
    const expires = { expires_at_ms: nowMs + IDEMPOTENCY_KEY_TTL_MS };
    await tx
      .insertInto("idempotency_keys")
      .values({ ...row, ...expires })
      .execute();
  }

  /** Removes what is over, now and then. */
  async purge(nowMs: number): Promise<void> {
    if (nowMs < this.#purgeAtMs) return;
    this.#purgeAtMs = nowMs + PURGE_INTERVAL_MS;
    await this.#engine.write((tx) =>
      tx.deleteFrom("idempotency_keys").where("expires_at_ms", "<=", nowMs).execute(),
    );
  }
}
