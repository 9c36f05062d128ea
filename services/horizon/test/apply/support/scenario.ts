import type { Actor, ChangeService } from "../../../src/apply/index.ts";
import type { ChangeKind } from "../../../src/changes/index.ts";

export const AUTHOR: Actor = { email: "author@x.io", role: "author" };
export const APPROVER: Actor = { email: "approver@x.io", role: "approver" };

/** One request for a change. */
export interface Ask {
  readonly kind: ChangeKind;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where a world's stores are. */
export interface StoreKind {
  readonly confId: number;
  readonly dbType: string;
}

/** Entities that one of the changes is about; all but the first have a group `g` in a store of their own. */
const EDITED = "edited";
const GROUPED = "grouped";
const WITH_GROUPS = ["regrouped", "longer", "altered", "shorter"] as const;

/** Tables of the scenario, for looking at them after. */
export const TABLES = ["t_new", "t_grouped", ...WITH_GROUPS.map((name) => `t_${name}`)] as const;

export function feature(label: string, changes: Readonly<Record<string, string>> = {}) {
  return {
    labels: label,
    "default-values": "0.5",
    "source-base-path": "db.t",
    "source-data-column": label,
    "storage-provider": "TABLE",
    "string-length": "0",
    "vector-length": "0",
    ...changes,
  };
}

export function askStore({ confId, dbType }: StoreKind, table: string): Ask {
  return {
    kind: "store",
    body: {
      "conf-id": confId,
      "db-type": dbType,
      table,
      "primary-keys": ["user_id"],
      "table-ttl": 0,
    },
  };
}

export function askEntity(label: string): Ask {
  const keys = { "0": { sequence: 0, "entity-label": "user_id", "column-label": "user_id" } };
  return { kind: "entity", body: { "entity-label": label, "key-map": keys } };
}

export function askGroup(
  entity: string,
  label: string,
  storeId: number,
  features = [feature("a"), feature("b")],
): Ask {
  return {
    kind: "feature-group",
    body: {
      "entity-label": entity,
      "fg-label": label,
      "job-id": "job",
      "store-id": storeId,
      "ttl-in-seconds": 60,
      "data-type": "DataTypeFP32",
      features,
    },
  };
}

export const ASK_JOB: Ask = {
  kind: "job",
  body: { "job-type": "writer", "job-id": "job", token: "t0ken" },
};

/** The client whose token one of the changes replaces. */
const ROTATED = { "job-type": "reader", "job-id": "rotated" };

/** What must be there for {@link oneOfEach}: stores 1 to 5, entities, groups, a job and a client. */
export function groundwork(stores: StoreKind): Ask[] {
  const owners = [GROUPED, ...WITH_GROUPS];
  return [
    ASK_JOB,
    { kind: "job", body: { ...ROTATED, token: "t0ken" } },
    ...[EDITED, ...owners].map(askEntity),
    ...owners.map((name) => askStore(stores, `t_${name}`)),
    ...WITH_GROUPS.map((name, index) => askGroup(name, "g", index + 2)),
  ];
}

/** One change of each kind; none depends on another, so they may be carried out at the same time. */
export function oneOfEach(stores: StoreKind): readonly Ask[] {
  const group = (entity: string) => ({ "entity-label": entity, "feature-group-label": "g" });
  return [
    askStore(stores, "t_new"),
    { kind: "job", body: { "job-type": "reader", "job-id": "client", token: "s3cret" } },
    { kind: "job-rotate", body: { ...ROTATED, token: "an0ther", "overlap-seconds": 60 } },
    askEntity("made"),
    {
      kind: "entity-edit",
      body: {
        "entity-label": EDITED,
        "distributed-cache": {
          enabled: "true",
          "ttl-in-seconds": 300,
          "jitter-percentage": 10,
          "conf-id": 2,
        },
      },
    },
    askGroup(GROUPED, "g", 1, manyFeatures()),
    {
      kind: "feature-group-edit",
      body: {
        "entity-label": "regrouped",
        "fg-label": "g",
        "ttl-in-seconds": 3600,
        "in-memory-cache-enabled": true,
        "distributed-cache-enabled": false,
      },
    },
    { kind: "features-add", body: { ...group("longer"), features: [feature("c"), feature("d")] } },
    {
      kind: "features-edit",
      body: { ...group("altered"), features: [feature("a", { "default-values": "7" })] },
    },
    { kind: "features-delete", body: { ...group("shorter"), "feature-labels": ["a"] } },
  ];
}

/** With their sources more keys than one transaction of etcd takes, and more bytes than one column. */
function manyFeatures() {
  return Array.from({ length: 300 }, (_, index) => feature(`f${index}`));
}

/** @returns the request's id. @throws {Error} naming the problems if it is refused */
export async function submit(changes: ChangeService, { kind, body }: Ask): Promise<number> {
  const outcome = await changes.submit(kind, body, AUTHOR, { idempotencyKey: undefined });
  if ("request" in outcome) return outcome.request.id;
  throw new Error(`${kind}: ${JSON.stringify(outcome.problems)}`);
}

/** Submits and approves, one after the other. @throws {Error} if one does not end well */
export async function approveAll(changes: ChangeService, asks: readonly Ask[]): Promise<void> {
  for (const ask of asks) {
    const id = await submit(changes, ask);
    const { status, rejectReason } = await approve(changes, ask.kind, id);
    if (status !== "APPROVED") throw new Error(`${ask.kind} ${id} is ${status}: ${rejectReason}`);
  }
}

export function approve(changes: ChangeService, kind: ChangeKind, id: number) {
  return changes.decide([kind], id, { status: "APPROVED", rejectReason: "" }, APPROVER);
}
