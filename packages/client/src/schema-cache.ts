import { type CallLimits, waitWithin } from "./call-limits.ts";
import { OfsClientError } from "./errors.ts";
import { compileSchema, type DescribeResult, type EntitySchema } from "./schema.ts";

/** Entities whose schemas are kept; the one loaded longest ago goes first. */
const MAX_CACHED_ENTITIES = 1000;

interface CachedSchema {
  readonly schema: EntitySchema;
  /** When it was last loaded or found unchanged; Unix milliseconds. */
  readonly checkedAtMs: number;
}

/** Keeps the schemas of entities. Loads each once, however many calls ask for it at the same time. */
export class SchemaCache {
  readonly #load: (entityLabels: readonly string[]) => Promise<DescribeResult>;
  readonly #refreshMs: number;
  readonly #cached = new Map<string, CachedSchema>();
  readonly #loading = new Map<string, Promise<EntitySchema>>();

  /** @param refreshMs least time between two loads of one entity */
  constructor(
    load: (entityLabels: readonly string[]) => Promise<DescribeResult>,
    refreshMs: number,
  ) {
    this.#load = load;
    this.#refreshMs = refreshMs;
  }

  /** @throws {OfsClientError} of the load; DEADLINE_EXCEEDED, CANCELLED */
  async get(entityLabel: string, limits: CallLimits): Promise<EntitySchema> {
    const cached = this.#cached.get(entityLabel);
    if (cached !== undefined) return cached.schema;
    return this.#loadShared(entityLabel, limits);
  }

  /**
   * Looks whether there is a newer schema than the one that something did not fit to.
   *
   * @returns `doubted` itself if there is none, or if it was loaded only just now
   * @throws {OfsClientError} of the load; DEADLINE_EXCEEDED, CANCELLED
   */
  async refresh(doubted: EntitySchema, limits: CallLimits): Promise<EntitySchema> {
    const cached = this.#cached.get(doubted.label);
    if (cached !== undefined) {
      if (cached.schema !== doubted) return cached.schema;
      if (Date.now() - cached.checkedAtMs < this.#refreshMs) return doubted;
    }
    return this.#loadShared(doubted.label, limits);
  }

  /** Puts what was loaded for another reason. A schema of the same revision as the cached one is not replaced. */
  put(result: DescribeResult): void {
    for (const entity of result.entities) {
      const known = this.#cached.get(entity.label)?.schema;
      const isSame = known !== undefined && known.revision === result.registryRevision;
      const schema = isSame ? known : compileSchema(entity, result.registryRevision);
      this.#cached.delete(entity.label);
      this.#cached.set(entity.label, { schema, checkedAtMs: Date.now() });
    }
    for (const label of this.#cached.keys()) {
      if (this.#cached.size <= MAX_CACHED_ENTITIES) break;
      this.#cached.delete(label);
    }
  }

  #loadShared(entityLabel: string, limits: CallLimits): Promise<EntitySchema> {
    let loading = this.#loading.get(entityLabel);
    if (loading === undefined) {
      loading = this.#loadOne(entityLabel).finally(() => this.#loading.delete(entityLabel));
      this.#loading.set(entityLabel, loading);
    }
    return waitWithin(loading, `loading the schema of entity ${entityLabel}`, limits);
  }

  async #loadOne(entityLabel: string): Promise<EntitySchema> {
    this.put(await this.#load([entityLabel]));
    const cached = this.#cached.get(entityLabel);
    if (cached !== undefined) return cached.schema;
    throw new OfsClientError("NOT_FOUND", `the server does not describe entity ${entityLabel}`);
  }
}
