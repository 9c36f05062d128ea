import { isDuplicate, type SqlEngine } from "@ofs/database";
import { FeatureStoreError } from "@ofs/platform";
import type { Kysely, Transaction } from "kysely";
import type { ChangeKind } from "../../changes/model.ts";
import { formatDateTime, requireText, shorten } from "../fields.ts";
import type {
  ChangeRequest,
  NewChangeRequest,
  RequestFilter,
  RequestRepository,
  RequestStatus,
  Submitted,
} from "../ports.ts";
import type { Tables } from "../schema.ts";
import { IdempotencyKeys, type KeyUse } from "./idempotency-keys.ts";
import { isWaiting, kindOf, PLACES } from "./places.ts";
import { pageOf, stuckRequests } from "./request-lists.ts";
import { columnsOf, tableOf } from "./request-queries.ts";
import { formatPayload, toNewRow, toRequest, waitingKey } from "./request-rows.ts";

/** How often a submission looks again after somebody else was faster: each time there is something to find, normally. */
const SUBMIT_ATTEMPTS = 5;

type MoveChange = Parameters<RequestRepository["move"]>[3];

/** Requests in the five tables that existing readers know. */
export class SqlRequestRepository implements RequestRepository {
  readonly #engine: SqlEngine<Tables>;
  readonly #keys: IdempotencyKeys;

  constructor(engine: SqlEngine<Tables>) {
    this.#engine = engine;
    this.#keys = new IdempotencyKeys(engine);
  }

  async submit(request: NewChangeRequest): Promise<Submitted> {
    const row = toNewRow(request, Date.now());
    if (request.idempotencyKey !== undefined) await this.#keys.purge(Date.now());
    for (let attempt = 0; attempt < SUBMIT_ATTEMPTS; attempt += 1) {
      // In this order: where the one that waits was made with this key, the key is there, too.
      const waiting = await this.#findWaiting(request);
      const use = await this.#keys.find(request, Date.now());
      if (use.request !== undefined) return { request: use.request, isRepeated: true };
      if (waiting !== undefined) return { waiting };
      try {
        return { request: await this.#insert(request, row, use), isRepeated: false };
      } catch (error) {
        // Somebody else has inserted the same since: the next round finds it.
        if (!isDuplicate(error)) throw error;
      }
    }
    const { kind, subject } = request;
    throw new FeatureStoreError("UNAVAILABLE", `${kind} ${subject}: too many requests at once`);
  }

  #findWaiting({ kind, subject }: NewChangeRequest): Promise<ChangeRequest | undefined> {
    return this.#engine.read(async (db) => {
      const row = await db
        .selectFrom(tableOf(kind))
        .select(columnsOf(kind))
        .where("waiting_key", "=", waitingKey(kind, subject))
        .executeTakeFirst();
      return row && toRequest(kind, row);
    });
  }

  #insert(
    request: NewChangeRequest,
    row: ReturnType<typeof toNewRow>,
    use: KeyUse,
  ): Promise<ChangeRequest> {
    const { kind } = request;
    return this.#engine.write(async (tx) => {
      const inserted = await tx.insertInto(tableOf(kind)).values(row).executeTakeFirstOrThrow();
      const id = Number(inserted.insertId);
      await this.#keys.add(tx, request, id, use, Date.now());
      const made = await findRequest(tx, kind, id);
      if (made === undefined) throw new Error(`${kind} request ${id} is not there`);
      return made;
    });
  }

  find(kind: ChangeKind, id: number): Promise<ChangeRequest | undefined> {
    return this.#engine.read((db) => findRequest(db, kind, id));
  }

  async findByIdempotencyKey(
    createdBy: string,
    idempotencyKey: string,
  ): Promise<ChangeRequest | undefined> {
    return (await this.#keys.findUse(createdBy, idempotencyKey, Date.now())).request;
  }

  list(filter: RequestFilter): Promise<{ requests: ChangeRequest[]; total: number }> {
    return this.#engine.read((db) => pageOf(db, filter));
  }

  async move(
    { kind, id }: Pick<ChangeRequest, "kind" | "id">,
    from: RequestStatus,
    to: RequestStatus,
    change: MoveChange,
  ): Promise<ChangeRequest | undefined> {
    const columns = { ...statusColumns(to, Date.now()), ...changedColumns(kind, change) };
    try {
      return await this.#engine.write(async (tx) => {
        const waits = isWaiting(from) ? {} : await waitAgain(tx, kind, id, to);
        const { numUpdatedRows } = await tx
          .updateTable(tableOf(kind))
          .set({ ...columns, ...waits })
          .set((eb) => ({ attempt: eb("attempt", "+", 1) }))
          .where("request_id", "=", id)
          .where("status", "=", from)
          .$if(PLACES[kind].type !== undefined, (query) =>
            query.where("request_type", "=", PLACES[kind].type as string),
          )
          .$if(change.attempt !== undefined, (query) =>
            query.where("attempt", "=", change.attempt as number),
          )
          .executeTakeFirst();
        return numUpdatedRows > 0n ? findRequest(tx, kind, id) : undefined;
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `${kind} request ${id}: another one for the same waits`,
        { cause: error },
      );
    }
  }

  stuck(beforeMs: number): Promise<ChangeRequest[]> {
    return this.#engine.read((db) => stuckRequests(db, beforeMs));
  }
}

async function findRequest(
  db: Kysely<Tables>,
  kind: ChangeKind,
  id: number,
): Promise<ChangeRequest | undefined> {
  const { table } = PLACES[kind];
  const row = await db
    .selectFrom(tableOf(kind))
    .select(columnsOf(kind))
    .where("request_id", "=", id)
    .executeTakeFirst();
  if (row === undefined || kindOf(table, row.request_type) !== kind) return undefined;
  return toRequest(kind, row);
}

function statusColumns(to: RequestStatus, nowMs: number) {
  return {
    status: to,
    updated_at: formatDateTime(nowMs),
    updated_at_ms: nowMs,
    ...(isWaiting(to) ? {} : { waiting_key: null }),
  };
}

function changedColumns(kind: ChangeKind, { approvedBy, rejectReason, payload }: MoveChange) {
  return {
    ...(approvedBy === undefined ? {} : { approved_by: requireText("approvedBy", approvedBy) }),
    ...(rejectReason === undefined ? {} : { reject_reason: shorten(rejectReason) }),
    ...(payload === undefined ? {} : { payload: formatPayload(payload, PLACES[kind]) }),
  };
}

/** A request that was over and waits once more takes its subject's place again. */
async function waitAgain(
  tx: Transaction<Tables>,
  kind: ChangeKind,
  id: number,
  to: RequestStatus,
): Promise<{ waiting_key?: string }> {
  if (!isWaiting(to)) return {};
  const row = await tx
    .selectFrom(tableOf(kind))
    .select("subject")
    .where("request_id", "=", id)
    .executeTakeFirst();
  return row?.subject ? { waiting_key: waitingKey(kind, row.subject) } : {};
}
