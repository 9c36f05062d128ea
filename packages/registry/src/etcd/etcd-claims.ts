import { FeatureStoreError, type Logger } from "@ofs/platform";
import { Backoff, pause } from "../live/backoff.ts";
import { EtcdClient, type EtcdConnection } from "./etcd-client.ts";
import { isDefinite, toStoreError } from "./etcd-errors.ts";
import {
  type CompiledEtcdOptions,
  compileEtcdOptions,
  type EtcdSourceOptions,
} from "./etcd-options.ts";

/** Renewals in the time that the lease lives. */
const RENEWALS_PER_LIFE = 4;

/** The last part of its life in which a lease counts as lost, so that there is time to stop. */
const MARGIN_PER_LIFE = 0.3;

/** Pauses before a lost lease is granted anew, and between attempts to renew one. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_000;

const NEVER = new AbortController().signal;

export interface EtcdClaimsOptions {
  /** `root` is the folder that the keys are in. */
  readonly etcd: EtcdSourceOptions;
  /** What claimed keys hold: who has them. No two processes have the same. */
  readonly owner: string;
  /** How long keys outlive the process. */
  readonly ttlSeconds: number;
  readonly log: Logger;
  /** There is a lease: nothing is claimed yet. Must not throw. */
  readonly onHeld: () => void;
  /**
   * The lease may soon be over: all that was claimed is others' to take. Is called some seconds before etcd takes the keys
   * away, and first thing after this process has been suspended. Must not throw.
   */
  readonly onLost: () => void;
}

interface HeldLease {
  readonly id: string;
  /** Aborts when it is lost. */
  readonly over: AbortController;
}

/**
 * Keys that belong to one process each: made if nobody has them, bound to one lease of the process, and so gone when the
 * process is.
 */
export class EtcdClaims {
  readonly #options: EtcdClaimsOptions;
  readonly #etcd: CompiledEtcdOptions;
  readonly #client: EtcdClient;
  readonly #owner: Buffer;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #lease: HeldLease | undefined;
  #lossTimer: NodeJS.Timeout | undefined;
  #lastFault: string | undefined;
  #lostCount = 0;

  /** Opens nothing yet. @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option */
  constructor(options: EtcdClaimsOptions) {
    this.#options = options;
    this.#etcd = compileEtcdOptions(options.etcd);
    this.#client = new EtcdClient(this.#etcd);
    this.#owner = Buffer.from(options.owner);
  }

  /** Whether keys can be claimed, and those that were claimed are this process's. */
  get isHeld(): boolean {
    return this.#lease !== undefined;
  }

  /** Leases lost since the start. */
  get lostCount(): number {
    return this.#lostCount;
  }

  /** What keeps etcd away; undefined while the lease is held. */
  get lastFault(): string | undefined {
    return this.#lastFault;
  }

  start(): void {
    this.#running = this.#run();
  }

  /**
   * Makes a key, if nobody has it.
   *
   * @param value in place of the owner
   * @returns whether it is this process's now; false also without a lease
   * @throws {FeatureStoreError} UNAVAILABLE; it may have been made: claim it again
   */
  async claim(path: string, value: Uint8Array = this.#owner): Promise<boolean> {
    const lease = this.#lease;
    if (lease === undefined) return false;
    const key = this.#key(path);
    const put = { request_put: { key, value: Buffer.from(value), lease: lease.id } };
    const { succeeded, responses } = await this.#call("claim", (connection) =>
      connection.txnIf(
        {
          compare: [{ key, result: "Equal", target: "Create", create_revision: 0 }],
          success: [put],
          failure: [{ request_range: { key } }],
        },
        NEVER,
      ),
    );
    if (this.#lease !== lease) return false;
    return succeeded || responses[0]?.response_range?.kvs?.[0]?.lease === lease.id;
  }

  /** Removes a key, if it is this process's. @throws {FeatureStoreError} UNAVAILABLE; it may be gone */
  async release(path: string): Promise<void> {
    const key = this.#key(path);
    await this.#call("release", (connection) =>
      connection.txnIf(
        {
          compare: [{ key, result: "Equal", target: "Value", value: this.#owner }],
          success: [{ request_delete_range: { key } }],
          failure: [],
        },
        NEVER,
      ),
    );
  }

  /** Gives all keys back. Never rejects: what cannot be given back goes with the lease. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    const lease = this.#lease;
    this.#lease = undefined;
    clearTimeout(this.#lossTimer);
    if (lease !== undefined) await this.#revoke(lease.id);
    this.#client.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(RETRY_MS_MIN, RETRY_MS_MAX);
    let former: string | undefined;
    while (!signal.aborted) {
      try {
        if (former !== undefined) await this.#revoke(former);
        const lease = await this.#grant();
        former = lease.id;
        backoff.reset();
        await this.#keep(lease);
      } catch (err) {
        this.#report(err);
      }
      if (!signal.aborted) await pause(backoff.next(), signal);
    }
  }

  async #grant(): Promise<HeldLease> {
    const { ttlSeconds, onHeld } = this.#options;
    const sentAtMs = performance.now();
    const id = await this.#call("grant a lease", (connection) => connection.grantLease(ttlSeconds));
    const lease = { id, over: new AbortController() };
    this.#lease = lease;
    this.#lastFault = undefined;
    this.#heldFrom(lease, sentAtMs);
    if (!this.#closing.signal.aborted) onHeld();
    return lease;
  }

  /** Renews it until it is lost, or this is closed. Never rejects. */
  async #keep(lease: HeldLease): Promise<void> {
    const renewalMs = this.#lifeMs / RENEWALS_PER_LIFE;
    const until = AbortSignal.any([this.#closing.signal, lease.over.signal]);
    const backoff = new Backoff(RETRY_MS_MIN, RETRY_MS_MAX);
    let pauseMs = renewalMs;
    for (;;) {
      await pause(pauseMs, until);
      if (until.aborted) return;
      const sentAtMs = performance.now();
      try {
        const isAlive = await this.#call("renew a lease", (connection) =>
          connection.renewLease(lease.id, renewalMs),
        );
        if (!isAlive) this.#lose(lease, "etcd has ended the lease");
        else if (!lease.over.signal.aborted) this.#heldFrom(lease, sentAtMs);
        backoff.reset();
        pauseMs = renewalMs;
      } catch (err) {
        this.#report(err);
        pauseMs = backoff.next();
      }
    }
  }

  /** A timer that is due is run before anything else when a suspended process goes on. */
  #heldFrom(lease: HeldLease, sentAtMs: number): void {
    clearTimeout(this.#lossTimer);
    const leftMs = sentAtMs + this.#lifeMs * (1 - MARGIN_PER_LIFE) - performance.now();
    const lose = (): void => this.#lose(lease, "the lease could not be renewed in time");
    this.#lossTimer = setTimeout(lose, Math.max(0, leftMs));
  }

  #lose(lease: HeldLease, reason: string): void {
    if (this.#lease !== lease) return;
    this.#lease = undefined;
    this.#lostCount += 1;
    this.#lastFault ??= reason;
    clearTimeout(this.#lossTimer);
    this.#options.log.warn({ root: this.#etcd.root, reason }, "claims in etcd are lost");
    lease.over.abort();
    this.#options.onLost();
  }

  async #revoke(id: string): Promise<void> {
    try {
      await this.#call("revoke a lease", (connection) => connection.revokeLease(id));
    } catch (err) {
      this.#options.log.warn({ err }, "an etcd lease could not be revoked: it goes by itself");
    }
  }

  get #lifeMs(): number {
    return this.#options.ttlSeconds * 1_000;
  }

  #key(path: string): Buffer {
    return Buffer.from(`${this.#etcd.root}/${path}`);
  }

  async #call<T>(action: string, act: (connection: EtcdConnection) => Promise<T>): Promise<T> {
    let connection: EtcdConnection | undefined;
    try {
      connection = await this.#client.connection();
      return await act(connection);
    } catch (error) {
      if (error instanceof FeatureStoreError) throw error;
      if (connection !== undefined && !isDefinite(error)) this.#client.drop(connection);
      throw toStoreError(action, error);
    }
  }

  /** Once for each reason: a server that is away says the same at each attempt. */
  #report(err: unknown): void {
    const reason = err instanceof Error ? err.message : String(err);
    if (reason === this.#lastFault) return;
    this.#lastFault = reason;
    this.#options.log.warn({ err, root: this.#etcd.root }, "etcd does not keep the claims alive");
  }
}
