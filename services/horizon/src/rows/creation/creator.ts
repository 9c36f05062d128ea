import { type ErrorCode, FeatureStoreError, type Logger } from "@ofs/platform";
import type { Revision } from "@ofs/registry";
import {
  catalogPaths,
  DEFAULT_TENANT,
  type EntityMetadata,
  type EntityRequest,
  type GroupMetadata,
  type GroupRequest,
  RowError,
  type RowErrorCode,
} from "@ofs/rows";
import type { Metastore } from "../metastore/metastore.ts";
import type { Held, Hold } from "../metastore/provisioning.ts";
import type { Changed, Published, Publisher } from "../publication/publisher.ts";
import type { Served } from "../publication/served.ts";
import { clustersOf, type EntityTables } from "../tenants/entity-tables.ts";
import { assertStorable } from "./storable.ts";

/** What says of a creation that it cannot be; everything else is trouble that may be over later. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["INVALID_ARGUMENT", "FAILED_PRECONDITION"]);

/** Creations that one look takes up; the next look goes on. */
const RESUMED_MAX = 100;

/** In the time that a hold lasts: one may fail. */
const RENEWALS_PER_HOLD = 3;

/** Where a creation stands, told after each step. */
export type CreationStep = "claimed" | "tables-made" | "completed" | "published";

export interface CreatorParts {
  readonly metastore: Metastore;
  readonly tables: EntityTables;
  readonly publisher: Publisher;
  readonly served: Served;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** How long a creation belongs to who has taken it up last, and does not renew that. */
  readonly holdMs: number;
  /** For tests that stop at one. */
  readonly onStep: (step: CreationStep) => Promise<void> | void;
}

/**
 * Creates entities and feature groups: their names are held in the metastore (PENDING), tables and columns are made in the
 * clusters, they become READY in the metastore, and are published. Each step may be repeated, so whoever comes after a crash
 * goes on where it was.
 */
export class Creator {
  readonly #parts: CreatorParts;

  constructor(parts: CreatorParts) {
    this.#parts = parts;
  }

  /**
   * @param isRegister the table exists: nothing but metadata is made
   * @throws {RowError}
   */
  async createEntity(request: EntityRequest, isRegister: boolean): Promise<EntityMetadata> {
    const { metastore, now } = this.#parts;
    const { entity, owner, tags, description } = request;
    const nowMs = now();
    const metadata: EntityMetadata = {
      name: entity.tableName,
      entity,
      state: "LIVE",
      owner,
      tags,
      description,
      createdAt: nowMs,
      updatedAt: nowMs,
    };
    assertStorable(metadata, entity.features, "ENTITY-REGISTRATION-REQUEST-EXCEPTION");
    const begun = await metastore.entities.begin(metadata, this.#hold(), isRegister);
    const taken = RowError.of("ENTITY-ALREADY-EXISTS-EXCEPTION");
    if (begun.kind === "taken") throw taken;
    const changed = { kind: "entity", name: metadata.name } as const;
    if (begun.kind === "same") {
      await this.#publishUnpublished(changed, catalogPaths.entity(metadata.name), taken);
      return begun.metadata;
    }
    const hold = (untilMs: number): Promise<void> => metastore.entities.hold(begun, untilMs);
    await this.#whileHeld(hold, async () => {
      await this.#parts.onStep("claimed");
      if (!isRegister) await this.#makeEntity(begun);
      await this.#publish(changed, () => hold(0), ENTITY_FAILED);
    });
    return begun.metadata;
  }

  /**
   * @param isRegister the columns exist: nothing but metadata is made
   * @throws {RowError}
   */
  async createGroup(
    request: GroupRequest,
    options: { readonly isUpgrade: boolean; readonly isRegister: boolean },
  ): Promise<GroupMetadata> {
    const { metastore } = this.#parts;
    const { isUpgrade, isRegister: isComplete } = options;
    const code = "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION";
    const check = (metadata: GroupMetadata): void =>
      assertStorable(metadata, request.featureGroup.features, code);
    const wish = { request, isUpgrade, isComplete, check };
    const begun = await metastore.groups.begin(wish, this.#hold());
    const taken = RowError.of("FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION");
    if (begun.kind === "taken") throw taken;
    const changed = { kind: "group", name: begun.metadata.name } as const;
    if (begun.kind === "same") {
      const { name, version } = begun.metadata;
      await this.#publishUnpublished(changed, catalogPaths.group(name, version), taken);
      return begun.metadata;
    }
    const hold = (untilMs: number): Promise<void> => metastore.groups.hold(begun, untilMs);
    await this.#whileHeld(hold, async () => {
      await this.#parts.onStep("claimed");
      if (!isComplete) await this.#makeGroup(begun);
      await this.#publish(changed, () => hold(0), GROUP_FAILED);
    });
    return begun.metadata;
  }

  /**
   * Goes on with creations that a crash or an outage has left. One that fails again is logged, and keeps no other from its
   * turn.
   *
   * @returns how many were finished
   */
  async resume(): Promise<number> {
    const { metastore, now } = this.#parts;
    let count = 0;
    for (const name of await metastore.entities.abandoned(now(), RESUMED_MAX)) {
      const held = await metastore.entities.resume(name, this.#hold());
      if (held === undefined) continue;
      const hold = (untilMs: number): Promise<void> => metastore.entities.hold(held, untilMs);
      const make = (): Promise<void> => this.#whileHeld(hold, () => this.#makeEntity(held));
      count += await this.#finish(name, make);
    }
    for (const key of await metastore.groups.abandoned(now(), RESUMED_MAX)) {
      const held = await metastore.groups.resume(key, this.#hold());
      if (held === undefined) continue;
      const hold = (untilMs: number): Promise<void> => metastore.groups.hold(held, untilMs);
      const make = (): Promise<void> => this.#whileHeld(hold, () => this.#makeGroup(held));
      count += await this.#finish(`${key.name} ${key.version}`, make);
    }
    return count;
  }

  async #finish(name: string, make: () => Promise<void>): Promise<number> {
    const { log } = this.#parts;
    try {
      await make();
      log.info({ name }, "an interrupted creation was finished");
      return 1;
    } catch (err) {
      log.warn({ err, name }, "an interrupted creation could not be finished");
      return 0;
    }
  }

  async #makeEntity(held: Held<EntityMetadata>): Promise<void> {
    const { metastore, now, onStep, tables } = this.#parts;
    const { entities } = metastore;
    try {
      await tables.ensure([DEFAULT_TENANT], held.metadata.entity, []);
      await onStep("tables-made");
      const isDone = await entities.complete(held, now());
      if (!isDone) throw lost(held.metadata.name);
      await onStep("completed");
    } catch (error) {
      const isRefused = isRefusal(error);
      await this.#leave(() => (isRefused ? entities.abandon(held) : entities.hold(held, 0)));
      throw failure(error, ENTITY_FAILED);
    }
  }

  async #makeGroup(held: Held<GroupMetadata>): Promise<void> {
    const { groups } = this.#parts.metastore;
    try {
      await this.#makeColumns(held);
      await this.#parts.onStep("completed");
    } catch (error) {
      const isRefused = isRefusal(error);
      await this.#leave(() => (isRefused ? groups.abandon(held) : groups.hold(held, 0)));
      throw failure(error, GROUP_FAILED);
    }
  }

  /** Again, if the feature group has moved to other clusters meanwhile. */
  async #makeColumns({ metadata, attempt }: Held<GroupMetadata>): Promise<void> {
    const { metastore, now, onStep, tables } = this.#parts;
    const { entityName } = metadata.featureGroup;
    const entity = await metastore.entities.find(entityName);
    if (entity === undefined) {
      throw new FeatureStoreError("FAILED_PRECONDITION", `entity ${entityName} is gone`);
    }
    await tables.ensure(clustersOf(metadata.tenant), entity.entity, [metadata]);
    await onStep("tables-made");
    const completed = await metastore.groups.complete({ metadata, attempt }, now());
    if (completed === "lost") throw lost(`${metadata.name} ${metadata.version}`);
    if (completed !== "completed") await this.#makeColumns({ metadata: completed, attempt });
  }

  /** A creation whose end could not be told: it was made, and is published if nobody has done so. */
  async #publishUnpublished(changed: Changed, path: string, taken: RowError): Promise<void> {
    const published = await this.#parts.publisher.publish(changed);
    if (!published.added.has(path)) throw taken;
    await this.#parts.served.waitFor(published.revision);
  }

  async #publish(
    changed: Changed,
    release: () => Promise<void>,
    code: RowErrorCode,
  ): Promise<void> {
    const { onStep, publisher, served } = this.#parts;
    let published: Published;
    try {
      published = await publisher.publish(changed);
    } catch (error) {
      await this.#leave(release);
      throw failure(error, code);
    }
    await onStep("published");
    await served.waitFor(published.revision satisfies Revision);
  }

  /** Many may wait for one cluster: a creation stays with its process for as long as that works on it. */
  async #whileHeld(
    hold: (untilMs: number) => Promise<void>,
    work: () => Promise<void>,
  ): Promise<void> {
    let renewing = Promise.resolve();
    const renew = (): void => {
      renewing = this.#leave(() => hold(this.#hold().untilMs));
    };
    const timer = setInterval(renew, this.#parts.holdMs / RENEWALS_PER_HOLD);
    try {
      await work();
    } finally {
      clearInterval(timer);
      await renewing;
    }
  }

  /** If that fails too, the hold ends by itself. */
  async #leave(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (err) {
      this.#parts.log.warn({ err }, "a creation is held until its time is over");
    }
  }

  #hold(): Hold {
    const nowMs = this.#parts.now();
    return { nowMs, untilMs: nowMs + this.#parts.holdMs };
  }
}

const ENTITY_FAILED = "ENTITY-REGISTRATION-ERROR";
const GROUP_FAILED = "FEATURE-GROUP-REGISTRATION-ERROR";

function isRefusal(error: unknown): boolean {
  return error instanceof FeatureStoreError && REFUSALS.has(error.code);
}

function lost(what: string): FeatureStoreError {
  return new FeatureStoreError("UNAVAILABLE", `${what} was taken up by another process`);
}

function failure(error: unknown, code: RowErrorCode): unknown {
  if (!(error instanceof FeatureStoreError)) return error;
  return RowError.of(code, { cause: error.message });
}
