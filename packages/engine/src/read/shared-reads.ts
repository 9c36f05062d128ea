import { FILL_MAX_AGE_MS } from "@ofs/cache";
import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockStore, StoredCell } from "@ofs/store";
import type { StoreGate } from "../store-gate.ts";
import { SharedLoad } from "./shared-load.ts";
import type { StoreReader, StoreReadRequest } from "./store-tier.ts";

/** A read in progress, as one of its keys sees it. */
interface Flight {
  readonly load: SharedLoad;
  readonly keyIndex: number;
}

/** Older flights are not joined: tombstones that tell of a write since then may be gone already. */
const MAX_JOINABLE_AGE_MS = FILL_MAX_AGE_MS;

/**
 * `StoreReader` in which concurrent reads of one key share one load: a hot key that falls out of the
 * caches is read once, not once a caller.
 *
 * A read joins a flight only if it may, and if that one reads all its groups and waits at least as long. `forget`
 * keeps reads that begin after a write from joining one that began before it. A call that ends early leaves its loads,
 * and a load that nobody waits for is cancelled.
 */
export class SharedReads implements StoreReader {
  /** By store id, then by the key's name. */
  readonly #flights = new Map<string, Map<string, Flight>>();
  readonly #storeFor: (definition: StoreDefinition) => BlockStore | undefined;

  readonly #gate: StoreGate;

  constructor(storeFor: (definition: StoreDefinition) => BlockStore | undefined, gate: StoreGate) {
    this.#storeFor = storeFor;
    this.#gate = gate;
  }

  async read(request: StoreReadRequest): Promise<StoredCell[]> {
    const { groups, keys, life, store } = request;
    const result = new Array<StoredCell>(keys.length * groups.length).fill(undefined);
    const entered = this.#gate.enter(store);
    if (entered instanceof FeatureStoreError) return result.fill(entered);
    const loads = new Set<SharedLoad>();
    const parts = this.#start(request, loads, result);
    for (const load of loads) load.join();
    let isDone = false;
    const done = Promise.all(parts).then(() => {
      isDone = true;
    });
    await life.wait(done, () => {
      const wasLate = !isDone || isLate(result[0]);
      this.#gate.leave(store, entered, wasLate ? 0 : request.deadlineMs - Date.now());
      for (const load of loads) load.leave();
    });
    return result;
  }

  /** Call when a write of the keys has been acknowledged, before it is answered. */
  forget(names: readonly string[]): void {
    for (const flights of this.#flights.values()) for (const name of names) flights.delete(name);
  }

  forgetAll(): void {
    for (const flights of this.#flights.values()) flights.clear();
  }

  /** Joins what may be joined and begins to read the rest. @returns what fills the result, load by load */
  #start(request: StoreReadRequest, loads: Set<SharedLoad>, result: StoredCell[]): Promise<void>[] {
    const { groups, keys, mayJoin } = request;
    const own: number[] = [];
    const parts: Promise<void>[] = [];
    for (let k = 0; k < keys.length; k++) {
      const flight = mayJoin[k] ? this.#joinable(request, k) : undefined;
      if (flight === undefined) {
        own.push(k);
        continue;
      }
      loads.add(flight.load);
      parts.push(copyFrom(flight, groups, result, k * groups.length));
    }
    if (own.length > 0) {
      const load = this.#takeOff(request, own);
      loads.add(load);
      parts.push(copyOwn(load, own, result));
    }
    return parts;
  }

  #joinable(request: StoreReadRequest, k: number): Flight | undefined {
    const flight = this.#flights.get(request.store.id)?.get(request.names[k] as string);
    if (flight === undefined || flight.load.deadlineMs < request.deadlineMs) return undefined;
    if (performance.now() - flight.load.startedAtMs > MAX_JOINABLE_AGE_MS) return undefined;
    return request.groups.every((group) => flight.load.groups.includes(group)) ? flight : undefined;
  }

  /** Begins a read that others can join, key by key, until it is over. */
  #takeOff(request: StoreReadRequest, own: readonly number[]): SharedLoad {
    const byName = this.#flightsOf(request.store.id);
    const flights: Flight[] = [];
    const land = (): void => {
      for (const [i, k] of own.entries()) {
        const name = request.names[k] as string;
        if (byName.get(name) === flights[i]) byName.delete(name);
      }
    };
    const load = new SharedLoad(request, (signal) => this.#load(request, own, signal), land);
    for (const [keyIndex, k] of own.entries()) {
      const flight = { load, keyIndex };
      flights.push(flight);
      byName.set(request.names[k] as string, flight);
    }
    return load;
  }

  #flightsOf(storeId: string): Map<string, Flight> {
    let byName = this.#flights.get(storeId);
    if (byName === undefined) {
      byName = new Map();
      this.#flights.set(storeId, byName);
    }
    return byName;
  }

  async #load(
    request: StoreReadRequest,
    own: readonly number[],
    signal: CancelSignal,
  ): Promise<StoredCell[]> {
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
    const read =
      keys.length === 0 ? [] : await blocks.read({ ...table, groups, keys, deadlineMs, signal });
    if (readable.length === own.length) return read;
    return spread(own, readable, read, groups.length);
  }
}

/** Whether the store did not answer in time: its adapter says so of all cells. */
function isLate(cell: StoredCell): boolean {
  return cell instanceof FeatureStoreError && cell.code === "DEADLINE_EXCEEDED";
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
  { load, keyIndex }: Flight,
  groups: readonly FeatureGroup[],
  result: StoredCell[],
  base: number,
): Promise<void> {
  const cells = await load.cells;
  const from = keyIndex * load.groups.length;
  for (const [g, group] of groups.entries()) {
    result[base + g] = cells[from + load.groups.indexOf(group)];
  }
}

/** @param own positions in the result of the keys that the load has read */
async function copyOwn(
  load: SharedLoad,
  own: readonly number[],
  result: StoredCell[],
): Promise<void> {
  const cells = await load.cells;
  const width = load.groups.length;
  for (const [i, k] of own.entries()) {
    for (let g = 0; g < width; g++) result[k * width + g] = cells[i * width + g];
  }
}
