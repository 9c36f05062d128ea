import { FeatureStoreError } from "@ofs/platform";
import type {
  Actor,
  ChangePreview,
  ChangeService,
  Decision,
  SubmitOutcome,
} from "../../src/apply/ports.ts";
import type { ChangeKind } from "../../src/changes/model.ts";
import type { ChangeRequest } from "../../src/database/ports.ts";
import type { MemoryDatabase } from "./memory-database.ts";

const EMPTY_PREVIEW: ChangePreview = {
  problems: [],
  plan: { tables: [], outcome: { "store-id": "1" } },
  keys: [{ path: "storage/stores/1", before: undefined, after: "{}" }],
};

/** Notes what HTTP asks of the changes, and answers as told. */
export class FakeChanges implements ChangeService {
  readonly submitted: { kind: ChangeKind; body: unknown; by: Actor; key: string | undefined }[] =
    [];
  readonly decided: { kinds: readonly ChangeKind[]; id: number; decision: Decision; by: Actor }[] =
    [];
  /** In place of making a request. */
  outcome: SubmitOutcome | undefined;
  /** Thrown by everything. */
  failure: FeatureStoreError | undefined;
  /** How decisions end; undefined = as decided. */
  ending: ChangeRequest["status"] | undefined;
  madeToken: string | undefined;
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async submit(
    kind: ChangeKind,
    body: unknown,
    by: Actor,
    { idempotencyKey: key }: { readonly idempotencyKey: string | undefined },
  ): Promise<SubmitOutcome> {
    if (this.failure !== undefined) throw this.failure;
    this.submitted.push({ kind, body, by, key });
    if (this.outcome !== undefined) return this.outcome;
    const request = this.add({
      kind,
      createdBy: by.email,
      payload: body as ChangeRequest["payload"],
    });
    return { request, isRepeated: false, madeToken: this.madeToken };
  }

  /** Puts a request where lists find it. */
  add(request: Pick<ChangeRequest, "kind" | "createdBy" | "payload">): ChangeRequest {
    const { rows } = this.#database.requests;
    const made: ChangeRequest = {
      ...request,
      id: rows.filter(({ kind }) => kind === request.kind).length + 1,
      approvedBy: "",
      status: "PENDING APPROVAL",
      rejectReason: "",
      createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      updatedAtMs: Date.UTC(2026, 0, 2, 3, 4, 6),
      attempt: 0,
    };
    rows.push(made);
    return made;
  }

  async preview(): Promise<ChangePreview> {
    if (this.failure !== undefined) throw this.failure;
    return EMPTY_PREVIEW;
  }

  async previewRequest(): Promise<ChangePreview> {
    return this.preview();
  }

  async decide(
    kinds: readonly ChangeKind[],
    id: number,
    decision: Decision,
    by: Actor,
  ): Promise<ChangeRequest> {
    if (this.failure !== undefined) throw this.failure;
    const found = this.#database.requests.rows.find(
      (row) => kinds.includes(row.kind) && row.id === id,
    );
    if (found === undefined) throw new FeatureStoreError("NOT_FOUND", `there is no request ${id}`);
    this.decided.push({ kinds, id, decision, by });
    const { rejectReason, status } = decision;
    return { ...found, status: this.ending ?? status, rejectReason, approvedBy: by.email };
  }

  async reconcile(): Promise<number> {
    return 0;
  }
}
