import { FILL_MAX_AGE_MS } from "@ofs/cache";
import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockStore, StoredCell } from "@ofs/store";
import type { StoreReader, StoreReadRequest } from "./store-tier.ts";

/** A read in progress, as one of its keys sees it. */
interface Flight {
  readonly cells: Promise<StoredCell[]>;
  readonly groups: readonly FeatureGroup[];
  readonly keyIndex: number;
  readonly deadlineMs: number;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
}

/** Older flights are not joined: tombstones that tell of a write since then may be gone already. */
const MAX_JOINABLE_AGE_MS = FILL_MAX_AGE_MS;

/**
 * `StoreReader` in which concurrent reads of one key share one load: a hot key that falls out of the
 * caches is read once, not once a caller.
 *
 * A read joins a flight only if it may, and if that one reads all its groups and waits at least as long. `forget`
 * keeps reads that begin after a write from joining one that began before it.
 */
export class SharedReads implements StoreReader {
  /** By store id, then by the key's name. */
  readonly #flights = new Map<string, Map<string, Flight>>();
  readonly #storeFor: (definition: StoreDefinition) => BlockStore | undefined;

  constructor(storeFor: (definition: StoreDefinition) => BlockStore | undefined) {
    this.#storeFor = storeFor;
  }

  async read(request: StoreReadRequest): Promise<StoredCell[]> {
    const width = request.groups.length;
    const result = new Array<StoredCell>(request.keys.length * width).fill(undefined);
    const own: number[] = [];
    const joined: Promise<void>[] = [];
    for (let k = 0; k < request.keys.length; k++) {
      const flight = request.mayJoin[k] ? this.#joinable(request, k) : undefined;
      if (flight === undefined) own.push(k);
      else joined.push(copyFrom(flight, request.groups, result, k * width));
    }
    await Promise.all([this.#readOwn(request, own, result), ...joined]);
    return result;
  }

  /** Call when a write of the keys has been acknowledged, before it is answered. */
  forget(names: readonly string[]): void {
    for (const flights of this.#flights.values()) for (const name of names) flights.delete(name);
  }

  forgetAll(): void {
    for (const flights of this.#flights.values()) flights.clear();
  }

  #joinable(request: StoreReadRequest, k: number): Flight | undefined {
    const flight = this.#flights.get(request.store.id)?.get(request.names[k] as string);
    if (flight === undefined || flight.deadlineMs < request.deadlineMs) return undefined;
    if (performance.now() - flight.startedAtMs > MAX_JOINABLE_AGE_MS) return undefined;
    return request.groups.every((group) => flight.groups.includes(group)) ? flight : undefined;
  }

  async #readOwn(
    request: StoreReadRequest,
    own: readonly number[],
    result: StoredCell[],
  ): Promise<void> {
    if (own.length === 0) return;
    const width = request.groups.length;
    const cells = this.#load(request, own);
    const { groups, deadlineMs } = request;
    const startedAtMs = performance.now();
    const flights = own.map((_, keyIndex): Flight => {
      return { cells, groups, keyIndex, deadlineMs, startedAtMs };
    });
    const byName = this.#flightsOf(request.store.id);
    for (const [i, k] of own.entries())
      byName.set(request.names[k] as string, flights[i] as Flight);
    try {
      const read = await cells;
      for (const [i, k] of own.entries()) {
        for (let g = 0; g < width; g++) result[k * width + g] = read[i * width + g];
      }
    } finally {
      for (const [i, k] of own.entries()) {
        const name = request.names[k] as string;
        if (byName.get(name) === flights[i]) byName.delete(name);
      }
    }
  }

  #flightsOf(storeId: string): Map<string, Flight> {
    let byName = this.#flights.get(storeId);
    if (byName === undefined) {
      byName = new Map();
      this.#flights.set(storeId, byName);
    }
    return byName;
  }

  async #load(request: StoreReadRequest, own: readonly number[]): Promise<StoredCell[]> {
    const { entity, store, groups, deadlineMs } = request;
    const cellCount = own.length * groups.length;
    const blocks = this.#storeFor(store);
    if (blocks === undefined) {
      const error = new FeatureStoreError(
        "UNAVAILABLE",
        `store ${store.id} (${store.dbType}, conf-id ${store.confId}) is not connected here`,
      );
      return new Array<StoredCell>(cellCount).fill(error);
    }
    const table = { entity, store };
    const readable = own.filter(
      (k) => blocks.refuseKey(table, request.keys[k] as readonly string[]) === undefined,
    );
    const keys = readable.map((k) => request.keys[k] as readonly string[]);
    const read = keys.length === 0 ? [] : await blocks.read({ ...table, groups, keys, deadlineMs });
    if (readable.length === own.length) return read;
    return spread(own, readable, read, groups.length);
  }
}

/** Puts back keys that the store cannot hold: nothing is stored under them. */
function spread(
  own: readonly number[],
  readable: readonly number[],
  read: readonly StoredCell[],
  width: number,
): StoredCell[] {
  const all = new Array<StoredCell>(own.length * width).fill(undefined);
  let from = 0;
  for (const [i, k] of own.entries()) {
    if (k !== readable[from]) continue;
    for (let g = 0; g < width; g++) all[i * width + g] = read[from * width + g];
    from += 1;
  }
  return all;
}

async function copyFrom(
  flight: Flight,
  groups: readonly FeatureGroup[],
  result: StoredCell[],
  base: number,
): Promise<void> {
  const cells = await flight.cells;
  const from = flight.keyIndex * flight.groups.length;
  for (const [g, group] of groups.entries()) {
    result[base + g] = cells[from + flight.groups.indexOf(group)];
  }
}
