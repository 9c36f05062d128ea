import type { IWatchResponse } from "etcd3";
import { Backoff, pause } from "../live/backoff.ts";
import type { Revision } from "../model.ts";
import type { RegistryWatcher } from "../source.ts";
import { EtcdClient, type EtcdConnection } from "./etcd-client.ts";
import { isPermissionDenied } from "./etcd-errors.ts";
import { type EtcdKeys, ownBytes } from "./etcd-keys.ts";
import { type EtcdBaseline, readBaseline } from "./etcd-loader.ts";
import type { CompiledEtcdOptions } from "./etcd-options.ts";
import { EtcdWatchSession, type SessionEnd } from "./etcd-watch-session.ts";

/** Pauses between sessions. */
const RECONNECT_MS_MIN = 100;
const RECONNECT_MS_MAX = 5_000;

/** A session that lived shorter does not reset the pauses. */
const STABLE_SESSION_MS = 5_000;

/**
 * Follows the tree over one session after the other. Each begins where the last event left off, after
 * a small read that renews the log-in and proves that the history is still the same one. The client's
 * own watcher is not used: after a reconnect it goes on from the server's revision at the time it
 * last subscribed, and loses what was not delivered by then.
 */
export class EtcdWatch {
  /** Its own: a session that ends takes the connection with it, and no call may suffer from that. */
  readonly #client: EtcdClient;
  readonly #keys: EtcdKeys;
  readonly #watcher: RegistryWatcher;
  readonly #baseline: EtcdBaseline;
  readonly #callTimeoutMs: number;
  readonly #stopping = new AbortController();
  #position: Revision;
  #running: Promise<void> = Promise.resolve();

  /** @param baseline of the load that `fromRevision` comes from */
  constructor(
    options: CompiledEtcdOptions,
    keys: EtcdKeys,
    fromRevision: Revision,
    baseline: EtcdBaseline,
    watcher: RegistryWatcher,
  ) {
    this.#client = new EtcdClient(options);
    this.#keys = keys;
    this.#position = fromRevision;
    this.#baseline = baseline;
    this.#watcher = watcher;
    this.#callTimeoutMs = options.callTimeoutMs;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#client.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff(RECONNECT_MS_MIN, RECONNECT_MS_MAX);
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      const end = await this.#runSession();
      if (signal.aborted) return;
      if (end.isGap) {
        this.#watcher.onGap(end.reason);
        return;
      }
      this.#watcher.onConnection(false, end.reason);
      if (performance.now() - startedAtMs > STABLE_SESSION_MS) backoff.reset();
      await pause(backoff.next(), signal);
    }
  }

  async #runSession(): Promise<SessionEnd> {
    let connection: EtcdConnection | undefined;
    try {
      connection = await this.#client.connection();
      return await this.#follow(connection);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { isGap: isPermissionDenied(error), reason };
    } finally {
      if (connection !== undefined) this.#client.drop(connection);
    }
  }

  async #follow(connection: EtcdConnection): Promise<SessionEnd> {
    const { signal } = this.#stopping;
    const { isReadable } = this.#baseline.root;
    const now = await readBaseline(connection, this.#keys, isReadable, signal);
    const reason = this.#findGap(now);
    if (reason !== undefined) return { isGap: true, reason };
    const session = new EtcdWatchSession(await connection.watch(), {
      onOpen: () => this.#watcher.onConnection(true, "watching"),
      onTreeEvents: (response) => this.#report(response),
    });
    return session.run(
      this.#keys,
      { tree: this.#position + 1, root: isReadable ? now.revision + 1 : undefined },
      this.#callTimeoutMs,
      signal,
    );
  }

  /** Why nothing can be watched from the position on; undefined if it can. */
  #findGap(now: EtcdBaseline): string | undefined {
    const { clusterId, root } = this.#baseline;
    if (now.clusterId !== clusterId) {
      return `the cluster changed from ${clusterId} to ${now.clusterId}`;
    }
    if (now.revision < this.#position) {
      return `the revision went back from ${this.#position} to ${now.revision}`;
    }
    if (now.root.modRevision !== root.modRevision) return "the root's own value changed";
    return undefined;
  }

  /** @param response all events of one or more whole revisions, or none: a note of progress */
  #report(response: IWatchResponse): void {
    // Some servers repeat events from before the start revision.
    const events = response.events.filter(({ kv }) => Number(kv.mod_revision) > this.#position);
    const last = events.at(-1);
    if (last === undefined) {
      const revision = Number(response.header.revision);
      if (response.events.length === 0) this.#position = Math.max(this.#position, revision);
      return;
    }
    const changes = events.map(({ type, kv }) => ({
      path: this.#keys.toPath(kv.key),
      value: type === "Delete" ? undefined : ownBytes(kv.value),
    }));
    this.#position = Number(last.kv.mod_revision);
    this.#watcher.onChanges({ changes, revision: this.#position });
  }
}
