import { randomUUID } from "node:crypto";
import type { Logger } from "@ofs/platform";
import { EtcdLeaseKey, type Revision } from "@ofs/registry";
import type { EtcdSettings } from "../config/registry-settings.ts";
import { readEtcdTls } from "../etcd-tls.ts";

/** How long the key outlives a process that is killed. */
const TTL_SECONDS = 10;

export interface AppliedRevisionOptions {
  readonly appName: string;
  /** For example `api-server`. */
  readonly service: string;
  readonly etcd: EtcdSettings;
  /** Of the row dialect's registry, up to where it is served. */
  revision(): Revision;
  readonly log: Logger;
}

/**
 * Tells in etcd up to which revision this instance serves the row dialect's registry, so that the control plane can answer
 * a change when all instances have it.
 */
export class AppliedRevision {
  readonly #key: EtcdLeaseKey;

  private constructor(key: EtcdLeaseKey) {
    this.#key = key;
  }

  /** @throws if a certificate cannot be read */
  static async open({
    appName,
    service,
    etcd,
    revision,
    log,
  }: AppliedRevisionOptions): Promise<AppliedRevision> {
    const { endpoints, username, password, tls } = etcd;
    const key = new EtcdLeaseKey({
      etcd: {
        endpoints,
        root: `/row/${appName}/runtime/applied/${service}`,
        username,
        password,
        tls: tls && (await readEtcdTls(tls)),
      },
      path: randomUUID(),
      value: () => Buffer.from(String(revision())),
      ttlSeconds: TTL_SECONDS,
      log,
    });
    key.start();
    return new AppliedRevision(key);
  }

  /** Tells it anew. */
  changed(): void {
    this.#key.renew();
  }

  /** Takes the key away. Never rejects. */
  close(): Promise<void> {
    return this.#key.close();
  }
}
