import { FeatureStoreError } from "@ofs/platform";

/** Changes of schema that wait for one cluster. */
const WAITING_MAX = 1_000;

/** Lets one change of schema after the other to each cluster. */
export interface DdlLock {
  /** @throws {FeatureStoreError} UNAVAILABLE if it cannot be had; what the work throws */
  hold<T>(tenant: string, work: () => Promise<T>): Promise<T>;
}

interface Queue {
  tail: Promise<unknown>;
  length: number;
}

/** Whoever asks first comes first, in this process; then the lock that processes share, if there is one. */
export class QueuedDdlLock implements DdlLock {
  readonly #shared: DdlLock | undefined;
  readonly #queues = new Map<string, Queue>();

  constructor(shared?: DdlLock) {
    this.#shared = shared;
  }

  async hold<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(tenant) ?? { tail: Promise.resolve(), length: 0 };
    if (queue.length >= WAITING_MAX) {
      const message = `tenant ${tenant}: ${WAITING_MAX} changes of schema wait already`;
      throw new FeatureStoreError("UNAVAILABLE", message);
    }
    this.#queues.set(tenant, queue);
    queue.length += 1;
    const shared = this.#shared;
    const result = queue.tail.then(() =>
      shared === undefined ? work() : shared.hold(tenant, work),
    );
    queue.tail = result.catch(() => undefined); // its caller hears of it
    try {
      return await result;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(tenant);
    }
  }
}
