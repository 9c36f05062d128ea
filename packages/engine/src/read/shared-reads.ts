import { FILL_MAX_AGE_MS } from "@ofs/cache";
import { Cancellation, type CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockStore, KeyValues, StoredCell } from "@ofs/store";
import type { StoreGate } from "../store-gate.ts";
import { nobodyWaits, SharedLoad } from "./shared-load.ts";
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

  read(request: StoreReadRequest): StoredCell[] | Promise<StoredCell[]> {
    const { groups, keys, mayJoin, store } = request;
    const entered = this.#gate.enter(store);
    if (entered instanceof FeatureStoreError) {
      return new Array<StoredCell>(keys.length * groups.length).fill(entered);
    }
    return mayJoin === undefined
      ? this.#readAlone(request, entered)
      : this.#readTogether(request, mayJoin, entered);
  }

  /** Nobody shares the read, so nothing is kept of it. */
  #readAlone(request: StoreReadRequest, enteredAtMs: number): StoredCell[] | Promise<StoredCell[]> {
    const cancellation = new Cancellation();
    const read = this.#load(request, request.keys, request.names, cancellation);
    if (!(read instanceof Promise)) return this.#leaveAtOnce(request, enteredAtMs, read);
    return request.life.wait(read, (cells) => {
      this.#leave(request, enteredAtMs, cells);
      if (cells === undefined) cancellation.abort(nobodyWaits());
    });
  }

  #readTogether(
    request: StoreReadRequest,
    mayJoin: readonly boolean[],
    enteredAtMs: number,
  ): StoredCell[] | Promise<StoredCell[]> {
    const { groups, keys, life } = request;
    const result = new Array<StoredCell>(keys.length * groups.length).fill(undefined);
    const loads = new Set<SharedLoad>();
    const parts = this.#start(request, mayJoin, loads, result);
    if (parts.length === 0) return this.#leaveAtOnce(request, enteredAtMs, result);
    for (const load of loads) load.join();
    const done = Promise.all(parts).then(() => result);
    return life.wait(done, (cells) => {
      this.#leave(request, enteredAtMs, cells);
      for (const load of loads) load.leave();
    });
  }

  #leaveAtOnce({ store }: StoreReadRequest, enteredAtMs: number, cells: StoredCell[]) {
    this.#gate.leave(store, enteredAtMs, Number.POSITIVE_INFINITY);
    return cells;
  }

  /** @param cells undefined if there was no answer in time */
  #leave(
    { store, deadlineMs }: StoreReadRequest,
    enteredAtMs: number,
    cells: readonly StoredCell[] | undefined,
  ): void {
    const wasLate = cells === undefined || isLate(cells[0]);
    this.#gate.leave(store, enteredAtMs, wasLate ? 0 : deadlineMs - Date.now());
  }

  /** Call when a write of the keys has been acknowledged, before it is answered. */
  forget(names: readonly string[]): void {
    for (const flights of this.#flights.values()) for (const name of names) flights.delete(name);
  }

  forgetAll(): void {
    for (const flights of this.#flights.values()) flights.clear();
  }

  /**
   * Joins what may be joined and begins to read the rest.
   *
   * @returns what fills the result, load by load; nothing if the store has answered at once
   */
  #start(
    request: StoreReadRequest,
    mayJoin: readonly boolean[],
    loads: Set<SharedLoad>,
    result: StoredCell[],
  ): Promise<void>[] {
    const { groups, keys } = request;
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
    if (own.length === 0) return parts;
    const cancellation = new Cancellation();
    const ownKeys = own.map((k) => keys[k] as KeyValues);
    const ownNames = own.map((k) => request.names[k] as string);
    const read = this.#load(request, ownKeys, ownNames, cancellation);
    if (read instanceof Promise) {
      const load = this.#takeOff(request, own, read, cancellation);
      loads.add(load);
      parts.push(read.then((cells) => copyOwn(cells, groups.length, own, result)));
    } else {
      copyOwn(read, groups.length, own, result);
    }
    return parts;
  }

  #joinable(request: StoreReadRequest, k: number): Flight | undefined {
    const flight = this.#flights.get(request.store.id)?.get(request.names[k] as string);
    if (flight === undefined || flight.load.deadlineMs < request.deadlineMs) return undefined;
    if (performance.now() - flight.load.startedAtMs > MAX_JOINABLE_AGE_MS) return undefined;
    return request.groups.every((group) => flight.load.groups.includes(group)) ? flight : undefined;
  }

  /** Lets others join a read, key by key, until it is over. */
  #takeOff(
    request: StoreReadRequest,
    own: readonly number[],
    cells: Promise<StoredCell[]>,
    cancellation: Cancellation,
  ): SharedLoad {
    const byName = this.#flightsOf(request.store.id);
    const flights: Flight[] = [];
    const land = (): void => {
      for (const [i, k] of own.entries()) {
        const name = request.names[k] as string;
        if (byName.get(name) === flights[i]) byName.delete(name);
      }
    };
    const load = new SharedLoad(request, cells, cancellation, land);
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

  #load(
    request: StoreReadRequest,
    keys: readonly KeyValues[],
    names: readonly string[],
    signal: CancelSignal,
  ): StoredCell[] | Promise<StoredCell[]> {
    const { entity, store, groups, deadlineMs } = request;
    const blocks = this.#storeFor(store);
    if (blocks === undefined) {
      const error = new FeatureStoreError(
        "UNAVAILABLE",
        `store ${store.id} (${store.dbType}, conf-id ${store.confId}) is not connected here`,
      );
      return new Array<StoredCell>(keys.length * groups.length).fill(error);
    }
    const table = { entity, store };
    const isReadable = (key: KeyValues): boolean => blocks.refuseKey(table, key) === undefined;
    if (keys.every(isReadable)) {
      return begin(() => blocks.read({ entity, store, groups, keys, names, deadlineMs, signal }));
    }
    const readable = keys.filter(isReadable);
    const all = (read: readonly StoredCell[]) => spread(keys, readable, read, groups.length);
    if (readable.length === 0) return all([]);
    const read = begin(() =>
      blocks.read({ entity, store, groups, keys: readable, deadlineMs, signal }),
    );
    return read instanceof Promise ? read.then(all) : all(read);
  }
}

/** A store that throws, which none should, fails the read like one that rejects. */
function begin(read: () => StoredCell[] | Promise<StoredCell[]>): ReturnType<typeof read> {
  try {
    return read();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** Whether the store did not answer in time: its adapter says so of all cells. */
function isLate(cell: StoredCell): boolean {
  return cell instanceof FeatureStoreError && cell.code === "DEADLINE_EXCEEDED";
}

/** Puts back keys that the store cannot hold: nothing is stored under them. */
function spread(
  keys: readonly KeyValues[],
  readable: readonly KeyValues[],
  read: readonly StoredCell[],
  width: number,
): StoredCell[] {
  const all = new Array<StoredCell>(keys.length * width).fill(undefined);
  let from = 0;
  for (let k = 0; k < keys.length; k++) {
    if (keys[k] !== readable[from]) continue;
    for (let g = 0; g < width; g++) all[k * width + g] = read[from * width + g];
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

/** @param own positions in the result of the keys that were read */
function copyOwn(
  cells: readonly StoredCell[],
  width: number,
  own: readonly number[],
  result: StoredCell[],
): void {
  for (let i = 0; i < own.length; i++) {
    const base = (own[i] as number) * width;
    for (let g = 0; g < width; g++) result[base + g] = cells[i * width + g];
  }
}
