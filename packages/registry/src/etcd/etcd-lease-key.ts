import type { Logger } from "@ofs/platform";
import { Backoff, pause } from "../live/backoff.ts";
import type { Revision } from "../model.ts";
import { EtcdClient, type EtcdConnection } from "./etcd-client.ts";
import {
  type CompiledEtcdOptions,
  compileEtcdOptions,
  type EtcdSourceOptions,
} from "./etcd-options.ts";

/** Renewals in the time that the lease lives: one may fail. */
const RENEWALS_PER_LIFE = 3;

/** Pauses before a lost key is put again. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_000;

export interface EtcdLeaseKeyOptions {
  /** `root` is the folder that the key is put in. */
  readonly etcd: EtcdSourceOptions;
  /** Below the root. */
  readonly path: string;
  /** Or what tells it each time that the key is put; see {@link EtcdLeaseKey.renew}. */
  readonly value: Uint8Array | (() => Uint8Array);
  /** How long the key outlives this process. */
  readonly ttlSeconds: number;
  readonly log: Logger;
}

/**
 * Keeps a key in etcd for as long as this process lives: the key is bound to a lease that is renewed. When the lease is
 * lost, or etcd was away, the key is put again with a new one.
 */
export class EtcdLeaseKey {
  readonly #etcd: CompiledEtcdOptions;
  readonly #key: Buffer;
  readonly #value: () => Uint8Array;
  readonly #ttlSeconds: number;
  readonly #client: EtcdClient;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #release: (() => Promise<void>) | undefined;
  #putCount = 0;
  #putRevision: Revision | undefined;
  #lastFault: string | undefined;

  /** Opens nothing yet. @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option */
  constructor({ etcd, path, value, ttlSeconds, log }: EtcdLeaseKeyOptions) {
    this.#etcd = compileEtcdOptions(etcd);
    this.#key = Buffer.from(`${this.#etcd.root}/${path}`);
    this.#value = typeof value === "function" ? value : () => value;
    this.#ttlSeconds = ttlSeconds;
    this.#client = new EtcdClient(this.#etcd);
    this.#log = log;
  }

  /** How often the key was put: once, and once for each loss. */
  get putCount(): number {
    return this.#putCount;
  }

  /** Whether the key is there, as far as this process knows. */
  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  /** Whether this process holds the key, and a reader who saw the tree at `revision` must have found it there. */
  isHeldAt(revision: Revision): boolean {
    return this.isHeld && this.#putRevision !== undefined && revision >= this.#putRevision;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Puts the key again, now: somebody else deleted it, or its value has changed. */
  renew(): void {
    this.#wake.abort();
  }

  /** Revokes the lease, and the key with it. A key that another process has put in its place stays. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    try {
      await this.#release?.();
    } catch (err) {
      this.#log.warn({ err, key: this.#key.toString() }, "etcd lease could not be revoked");
    }
    this.#client.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(RETRY_MS_MIN, RETRY_MS_MAX);
    while (!signal.aborted) {
      try {
        await this.#client.call("keep a key", (connection) => this.#hold(connection, backoff));
        continue;
      } catch (err) {
        if (signal.aborted) return;
        this.#report(err);
        this.#release = undefined;
      }
      await pause(backoff.next(), signal);
    }
  }

  /** Puts the key and renews its lease until it is told to begin anew. @throws if the lease is lost */
  async #hold(connection: EtcdConnection, backoff: Backoff): Promise<void> {
    const lease = connection.lease(this.#ttlSeconds, this.#etcd.callTimeoutMs);
    const renewalMs = (this.#ttlSeconds * 1000) / RENEWALS_PER_LIFE;
    const deadline = () => ({ deadline: Date.now() + renewalMs });
    this.#wake = new AbortController();
    const over = AbortSignal.any([this.#closing.signal, this.#wake.signal]);
    const granted = await lease.grant();
    const value = Buffer.from(this.#value());
    const { header } = await connection.put({ key: this.#key, value, lease: granted });
    const previous = this.#release;
    this.#release = () => lease.revoke(deadline());
    this.#putCount += 1;
    this.#putRevision = Number(header.revision);
    this.#lastFault = undefined;
    backoff.reset();
    // The key belongs to the new lease: revoking the one before it leaves the key.
    await previous?.();
    for (;;) {
      await pause(renewalMs, over);
      if (over.aborted) return;
      await lease.keepaliveOnce(deadline());
    }
  }

  /** Once for each reason: a server that is away says the same at each attempt. */
  #report(err: unknown): void {
    const reason = err instanceof Error ? err.message : String(err);
    if (reason === this.#lastFault) return;
    this.#lastFault = reason;
    this.#log.warn({ err, key: this.#key.toString() }, "etcd lease is lost: putting the key again");
  }
}
