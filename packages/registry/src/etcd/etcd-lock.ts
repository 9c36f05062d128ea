import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { Lease } from "etcd3";
import { Backoff, pause } from "../live/backoff.ts";
import { EtcdClient, type EtcdConnection } from "./etcd-client.ts";
import {
  type CompiledEtcdOptions,
  compileEtcdOptions,
  type EtcdSourceOptions,
} from "./etcd-options.ts";

/** Renewals in the time that the lease lives: one may fail. */
const RENEWALS_PER_LIFE = 3;

/** Pauses between looks at a lock that somebody else has. */
const LOOK_MS_MIN = 20;
const LOOK_MS_MAX = 500;

const NEVER = new AbortController().signal;

export interface EtcdLockOptions {
  /** `root` is the folder that the locks are put in. */
  readonly etcd: EtcdSourceOptions;
  /** How long a lock outlives the process that holds it. */
  readonly ttlSeconds: number;
  /** How long somebody waits for a lock. */
  readonly waitTimeoutMs: number;
  /** What is written into a held lock: who holds it, for people who look. */
  readonly owner: string;
  readonly log: Logger;
}

/**
 * Locks that processes share: keys in etcd that are bound to leases. A process that dies gives its locks back after
 * `ttlSeconds`; one that cannot reach etcd for so long loses them while it works, so the work must bear being done twice.
 */
export class EtcdLocks {
  readonly #options: EtcdLockOptions;
  readonly #etcd: CompiledEtcdOptions;
  readonly #client: EtcdClient;

  /** Opens nothing yet. @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option */
  constructor(options: EtcdLockOptions) {
    this.#options = options;
    this.#etcd = compileEtcdOptions(options.etcd);
    this.#client = new EtcdClient(this.#etcd);
  }

  /**
   * Works while it holds the lock.
   *
   * @param path of the lock, below the root
   * @throws {FeatureStoreError} UNAVAILABLE if etcd is away, or somebody else holds it for too long; what the work throws
   */
  async hold<T>(path: string, work: () => Promise<T>): Promise<T> {
    const key = Buffer.from(`${this.#etcd.root}/${path}`);
    const lease = await this.#client.call("lock", (connection) =>
      this.#acquire(connection, key, path),
    );
    if (lease === undefined) {
      const reason = `is held by another process for ${this.#options.waitTimeoutMs} ms`;
      throw new FeatureStoreError("UNAVAILABLE", `etcd: lock ${key.toString()} ${reason}`);
    }
    const release = new AbortController();
    const renewing = this.#renew(lease, release.signal, path);
    try {
      return await work();
    } finally {
      release.abort();
      await renewing;
      await this.#giveBack(lease, path);
    }
  }

  close(): void {
    this.#client.close();
  }

  /** @returns undefined if somebody else holds it for too long */
  async #acquire(
    connection: EtcdConnection,
    key: Buffer,
    path: string,
  ): Promise<Lease | undefined> {
    const lease = connection.lease(this.#options.ttlSeconds, this.#etcd.callTimeoutMs);
    const id = await lease.grant();
    const request = {
      compare: [{ key, result: "Equal", target: "Create", create_revision: 0 }] as const,
      success: [{ request_put: { key, value: Buffer.from(this.#options.owner), lease: id } }],
    };
    const endsAtMs = performance.now() + this.#options.waitTimeoutMs;
    const renewalMs = this.#renewalMs;
    let renewAtMs = performance.now() + renewalMs;
    const backoff = new Backoff(LOOK_MS_MIN, LOOK_MS_MAX);
    for (;;) {
      const { succeeded } = await connection.txnIf(
        { compare: [...request.compare], success: request.success, failure: [] },
        NEVER,
      );
      if (succeeded) return lease;
      if (performance.now() > endsAtMs) {
        await this.#giveBack(lease, path);
        return undefined;
      }
      await pause(backoff.next(), NEVER);
      if (performance.now() < renewAtMs) continue;
      await lease.keepaliveOnce({ deadline: Date.now() + renewalMs });
      renewAtMs = performance.now() + renewalMs;
    }
  }

  async #renew(lease: Lease, signal: AbortSignal, path: string): Promise<void> {
    for (;;) {
      await pause(this.#renewalMs, signal);
      if (signal.aborted) return;
      try {
        await lease.keepaliveOnce({ deadline: Date.now() + this.#renewalMs });
      } catch (err) {
        this.#options.log.warn({ err, path }, "etcd lock could not be renewed");
      }
    }
  }

  async #giveBack(lease: Lease, path: string): Promise<void> {
    try {
      await lease.revoke({ deadline: Date.now() + this.#renewalMs });
    } catch (err) {
      this.#options.log.warn({ err, path }, "etcd lock is given back when its lease ends");
    }
  }

  get #renewalMs(): number {
    return (this.#options.ttlSeconds * 1000) / RENEWALS_PER_LIFE;
  }
}
