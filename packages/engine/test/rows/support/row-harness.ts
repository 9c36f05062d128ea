import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RowEngine, type RowEngineOptions } from "@ofs/engine";
import { createLogger, type FeatureStoreError } from "@ofs/platform";
import { JsonNumber, type JsonValue, parseJson, type RowCatalog } from "@ofs/rows";
import {
  EmbeddedRowStore,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
  type RowStore,
  type RowWrite,
  type RowWriteOutcome,
} from "@ofs/store";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";

/** A tenant's store that can be told to fail. */
export class FaultyRowStore implements RowStore {
  readonly kind = "embedded";
  readonly #store: RowStore;
  /** What each write was asked. */
  readonly writes: RowWrite[] = [];
  /** Decides on each row that is written or key that is read; undefined = the store does. */
  fault: (key: readonly Uint8Array[]) => FeatureStoreError | undefined = () => undefined;

  constructor(store: RowStore) {
    this.#store = store;
  }

  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    this.writes.push(request);
    const faults = request.rows.map(({ key }) => this.fault(key));
    const taken = request.rows.filter((_, index) => faults[index] === undefined);
    const outcomes = (await this.#store.write({ ...request, rows: taken })).values();
    return faults.map((fault) => fault ?? outcomes.next().value);
  }

  async read(request: Parameters<RowStore["read"]>[0]): ReturnType<RowStore["read"]> {
    const outcomes = await this.#store.read(request);
    return outcomes.map((outcome, index) => this.fault(request.keys[index] ?? []) ?? outcome);
  }

  async *scan(request: Parameters<RowStore["scan"]>[0]): ReturnType<RowStore["scan"]> {
    const fault = this.fault(request.keyPrefix);
    if (fault !== undefined) throw fault;
    yield* this.#store.scan(request);
  }

  refuseKey(...args: Parameters<RowStore["refuseKey"]>): string | undefined {
    return this.#store.refuseKey(...args);
  }

  ping(): Promise<void> {
    return this.#store.ping();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

export interface RowHarness {
  readonly engine: RowEngine;
  readonly metrics: Registry;
  /** What the engine sees from now on; creates tables and columns that are not there. */
  serve(catalog: RowCatalog): Promise<void>;
  store(tenant: string): FaultyRowStore;
}

/** An engine over embedded stores in a folder of its own, which goes with the test. */
export async function createRowHarness(
  options: Partial<RowEngineOptions> = {},
): Promise<RowHarness> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-rows-"));
  const environment = openEmbeddedEnvironment(folder);
  onTestFinished(async () => {
    await environment.close();
    await rm(folder, { recursive: true });
  });
  const stores = new Map<string, FaultyRowStore>();
  const store = (tenant: string): FaultyRowStore => {
    const known = stores.get(tenant);
    if (known !== undefined) return known;
    const made = new FaultyRowStore(new EmbeddedRowStore({ environment, tenant }));
    stores.set(tenant, made);
    return made;
  };
  let current: RowCatalog | undefined;
  const metrics = new Registry();
  const engine = new RowEngine({
    registry: { catalog: () => current, waitForCurrent: async () => undefined },
    stores: { storeOf: (tenant) => (tenant === "nowhere" ? undefined : store(tenant)) },
    storeTimeoutMs: 60_000,
    scanTimeoutMs: 60_000,
    now: Date.now,
    metrics,
    log: createLogger({ service: "t", level: "FATAL" }),
    ...options,
  });
  return {
    engine,
    metrics,
    store,
    async serve(catalog) {
      for (const { table, columns, metadata, entity } of catalog.groups()) {
        const stored = [...columns.values()].filter(({ isKey }) => !isKey).map((one) => one.stored);
        for (const tenant of new Set([metadata.tenant.read, metadata.tenant.write])) {
          if (tenant === "nowhere") continue;
          const tables = new EmbeddedRowTables({ environment, tenant });
          await tables.ensure(table, stored, entity.entity.ttl ?? 0);
        }
      }
      current = catalog;
    },
  };
}

export const CONTEXT = { deadlineMs: Number.POSITIVE_INFINITY };
export const WRITING = { ...CONTEXT, isReplicated: true };

/** Rows of plain values as JSON values. */
export function rows(values: readonly (readonly unknown[])[]): JsonValue[][] {
  return parseJson(JSON.stringify(values)) as JsonValue[][];
}

/** JSON values as plain ones. */
export function plain(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  return Array.isArray(value) ? value.map(plain) : value;
}
