import { z } from "zod";
import type { ChangeKind } from "../../changes/model.ts";
import type { ChangeRequest } from "../../database/ports.ts";
import * as payloads from "./payloads.ts";

export interface ApprovedStore {
  readonly requestId: number;
  readonly dbType: string;
  readonly confId: number;
  readonly table: string;
  readonly primaryKeys: readonly string[];
}

export interface ApprovedJob {
  readonly requestId: number;
  readonly kind: "writer" | "reader";
  readonly id: string;
}

export interface ApprovedEntity {
  readonly requestId: number;
  readonly label: string;
  /** `label=column` by sequence. */
  readonly keys: readonly string[];
  readonly inMemoryCache: payloads.ApprovedCache | undefined;
  readonly distributedCache: payloads.ApprovedCache | undefined;
}

export interface ApprovedGroup {
  readonly requestId: number;
  readonly entityLabel: string;
  readonly label: string;
  readonly storeId: string;
  readonly jobId: string;
  readonly dataTypeName: string;
  readonly ttlSeconds: number;
  readonly isInMemoryCached: boolean;
  readonly isDistributedCached: boolean;
  readonly features: ReadonlyMap<string, payloads.ApprovedFeature>;
}

/** What the approved requests together led to. */
export interface ApprovedState {
  readonly stores: readonly ApprovedStore[];
  readonly jobs: readonly ApprovedJob[];
  readonly entities: ReadonlyMap<string, ApprovedEntity>;
  /** By `entity/group`. */
  readonly groups: ReadonlyMap<string, ApprovedGroup>;
  /** Requests that could not be followed, and why. */
  readonly unreadable: readonly { readonly request: ChangeRequest; readonly reason: string }[];
}

/**
 * Carries out approved requests in memory, in the order in which they were decided. Requests of other states are left out;
 * what an edit refers to may be unknown, since a registry may be older than its requests.
 */
export function foldApproved(requests: readonly ChangeRequest[]): ApprovedState {
  const state = new FoldingState();
  const approved = requests.filter(({ status }) => status === "APPROVED").sort(byDecision);
  for (const request of approved) state.take(request);
  return state;
}

/**
 * Databases keep times to the second. Within one, what others build upon comes first, and ids of one table follow each
 * other as the requests were made.
 */
function byDecision(a: ChangeRequest, b: ChangeRequest): number {
  return a.updatedAtMs - b.updatedAtMs || TABLE_RANKS[a.kind] - TABLE_RANKS[b.kind] || a.id - b.id;
}

/** Kinds of one rank are in one table. */
const TABLE_RANKS: Readonly<Record<ChangeKind, number>> = {
  store: 0,
  job: 1,
  "job-rotate": 1,
  entity: 2,
  "entity-edit": 2,
  "feature-group": 3,
  "feature-group-edit": 3,
  "features-add": 4,
  "features-edit": 4,
  "features-delete": 4,
};

class FoldingState implements ApprovedState {
  readonly stores: ApprovedStore[] = [];
  readonly jobs: ApprovedJob[] = [];
  readonly entities = new Map<string, ApprovedEntity>();
  readonly groups = new Map<string, ApprovedGroup>();
  readonly unreadable: { request: ChangeRequest; reason: string }[] = [];

  take(request: ChangeRequest): void {
    try {
      this.#carryOut(request);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const [issue] = error.issues;
      const reason = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be read"}`;
      this.unreadable.push({ request, reason });
    }
  }

  /** @throws {z.ZodError} */
  #carryOut(request: ChangeRequest): void {
    const { kind, payload } = request;
    switch (kind) {
      case "store":
        this.#store(request.id, payloads.storePayload.parse(payload));
        break;
      case "job":
        this.#job(request.id, payloads.jobPayload.parse(payload));
        break;
      case "job-rotate":
        // Which token a job has is no matter of what was approved: it may have been revoked since.
        break;
      case "entity":
        this.#entity(request.id, payloads.entityPayload.parse(payload));
        break;
      case "entity-edit":
        this.#editEntity(payloads.entityEditPayload.parse(payload));
        break;
      case "feature-group":
        this.#group(request.id, payloads.groupPayload.parse(payload));
        break;
      case "feature-group-edit":
        this.#editGroup(payloads.groupEditPayload.parse(payload));
        break;
      case "features-add":
        this.#addFeatures(payloads.featuresPayload.parse(payload));
        break;
      case "features-edit":
        this.#editFeatures(payloads.featureEditsPayload.parse(payload));
        break;
      case "features-delete":
        this.#deleteFeatures(payloads.deletePayload.parse(payload));
        break;
    }
  }

  #store(requestId: number, sent: z.output<typeof payloads.storePayload>): void {
    this.stores.push({
      requestId,
      dbType: sent["db-type"],
      confId: sent["conf-id"],
      table: sent.table,
      primaryKeys: sent["primary-keys"],
    });
  }

  #job(requestId: number, sent: z.output<typeof payloads.jobPayload>): void {
    this.jobs.push({ requestId, kind: sent["job-type"], id: sent["job-id"] });
  }

  #entity(requestId: number, sent: z.output<typeof payloads.entityPayload>): void {
    const keys = Object.values(sent["key-map"]).sort((a, b) => a.sequence - b.sequence);
    this.entities.set(sent["entity-label"], {
      requestId,
      label: sent["entity-label"],
      keys: keys.map((key) => `${key["entity-label"]}=${key["column-label"]}`),
      inMemoryCache: sent["in-memory-cache"],
      distributedCache: sent["distributed-cache"],
    });
  }

  #editEntity(sent: z.output<typeof payloads.entityEditPayload>): void {
    const known = this.entities.get(sent["entity-label"]);
    if (known === undefined) return;
    this.entities.set(known.label, {
      ...known,
      inMemoryCache: sent["in-memory-cache"] ?? known.inMemoryCache,
      distributedCache: sent["distributed-cache"] ?? known.distributedCache,
    });
  }

  #group(requestId: number, sent: z.output<typeof payloads.groupPayload>): void {
    this.groups.set(`${sent["entity-label"]}/${sent["fg-label"]}`, {
      requestId,
      entityLabel: sent["entity-label"],
      label: sent["fg-label"],
      storeId: sent["store-id"],
      jobId: sent["job-id"],
      dataTypeName: sent["data-type"],
      ...settingsOf(sent),
      features: withFeatures(new Map(), sent.features),
    });
  }

  #editGroup(sent: z.output<typeof payloads.groupEditPayload>): void {
    const name = `${sent["entity-label"]}/${sent["fg-label"]}`;
    const known = this.groups.get(name);
    if (known !== undefined) this.groups.set(name, { ...known, ...settingsOf(sent) });
  }

  #addFeatures(sent: z.output<typeof payloads.featuresPayload>): void {
    this.#changeFeatures(sent, (known) => withFeatures(known, sent.features));
  }

  #editFeatures(sent: z.output<typeof payloads.featureEditsPayload>): void {
    this.#changeFeatures(sent, (known) => {
      const edited = sent.features.flatMap((edit) => {
        const before = known.get(edit.label);
        return before === undefined ? [] : [editedFeature(before, edit)];
      });
      return withFeatures(known, edited);
    });
  }

  #deleteFeatures(sent: z.output<typeof payloads.deletePayload>): void {
    const deleted = new Set(sent["feature-labels"]);
    this.#changeFeatures(sent, (known) => {
      return new Map([...known].filter(([label]) => !deleted.has(label)));
    });
  }

  #changeFeatures(
    sent: { readonly "entity-label": string; readonly "feature-group-label": string },
    change: (known: ApprovedGroup["features"]) => ApprovedGroup["features"],
  ): void {
    const name = `${sent["entity-label"]}/${sent["feature-group-label"]}`;
    const known = this.groups.get(name);
    if (known !== undefined) this.groups.set(name, { ...known, features: change(known.features) });
  }
}

function settingsOf(sent: z.output<typeof payloads.groupEditPayload>) {
  return {
    ttlSeconds: sent["ttl-in-seconds"],
    isInMemoryCached: sent["in-memory-cache-enabled"],
    isDistributedCached: sent["distributed-cache-enabled"],
  };
}

function editedFeature(
  before: payloads.ApprovedFeature,
  edit: payloads.ApprovedFeatureEdit,
): payloads.ApprovedFeature {
  return {
    label: before.label,
    provider: edit.provider ?? before.provider,
    basePath: edit.basePath ?? before.basePath,
    column: edit.column ?? before.column,
  };
}

/** Rows without a label mean nothing. */
function withFeatures(
  known: ApprovedGroup["features"],
  features: readonly payloads.ApprovedFeature[],
): ApprovedGroup["features"] {
  const named = features.filter(({ label }) => label !== "");
  return new Map([...known, ...named.map((feature) => [feature.label, feature] as const)]);
}
