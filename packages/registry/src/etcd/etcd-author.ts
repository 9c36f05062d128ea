import { FeatureStoreError } from "@ofs/platform";
import type { IRequestOp, ITxnResponse } from "etcd3";
import { assertExpectations } from "../author/first-conflict.ts";
import { assertReceipt, withReceipt } from "../author/receipts.ts";
import type { ConditionalWrite, RegistryAuthor, RegistryExpectation } from "../author-port.ts";
import type { Revision } from "../model.ts";
import type { RegistryChange, RegistryTree } from "../source.ts";
import { foldChanges } from "../tree/diff.ts";
import { assertPath } from "../tree/path.ts";
import type { EtcdConnection } from "./etcd-client.ts";
import { isCompacted } from "./etcd-errors.ts";
import {
  absentChecks,
  assertCheckCount,
  type EtcdCheck,
  type EtcdCompare,
  failedExpectation,
  sameRevision,
  sameRevisionCheck,
} from "./etcd-guard.ts";
import {
  activeVersionsLast,
  type EtcdHead,
  formatHead,
  headKey,
  parseHead,
  toOperation,
} from "./etcd-head.ts";
import type { EtcdKeys } from "./etcd-keys.ts";

/** How often a write begins anew because others wrote, but not what it depends on. */
const RACES_MAX = 100;

type Act<T> = (connection: EtcdConnection) => Promise<T>;

/** What the author needs of the source whose tree it writes. */
export interface EtcdAuthorHost {
  readonly keys: EtcdKeys;
  /** Operations that one transaction takes. */
  readonly operationsMax: number;
  call<T>(action: string, act: Act<T>): Promise<T>;
  load(signal: AbortSignal): Promise<RegistryTree>;
}

const NEVER = new AbortController().signal;

/**
 * Conditional writes of a tree in etcd. Each is decided by one transaction, which compares and puts the head key (see
 * {@link EtcdHead}); what does not fit into it is put by the transactions after, by whoever comes first.
 */
export class EtcdAuthor {
  readonly #host: EtcdAuthorHost;
  readonly #headKey: Buffer;

  constructor(host: EtcdAuthorHost) {
    this.#host = host;
    this.#headKey = headKey(host.keys);
  }

  /** See {@link RegistryAuthor.loadForWrite}. */
  async loadForWrite(signal: AbortSignal): ReturnType<RegistryAuthor["loadForWrite"]> {
    for (let race = 0; race < RACES_MAX; race += 1) {
      await this.#settle();
      const tree = await this.#host.load(signal);
      const head = await this.#readHead(tree.revision);
      const { modRevision: authorRevision, pending, receipts } = head;
      if (pending.length === 0) return { ...tree, authorRevision, receipts };
    }
    throw tooManyRaces();
  }

  /** See {@link RegistryAuthor.writeIf}. */
  async writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
    receipt?: string,
  ): Promise<ConditionalWrite> {
    for (const { path } of changes) assertPath(path);
    assertReceipt(receipt);
    assertExpectations(expectations, assertPath);
    const ordered = activeVersionsLast(
      [...foldChanges(changes)].map(([path, value]) => ({ path, value })),
    );
    for (let race = 0; race < RACES_MAX; race += 1) {
      const head = await this.#settle();
      const checks = await this.#toChecks(expectations, head);
      if (!Array.isArray(checks)) return checks;
      const answer = await this.#txn(
        [sameRevision(this.#headKey, head.modRevision), ...checks.map(({ compare }) => compare)],
        ordered.length === 0 ? [] : this.#operations(ordered, withReceipt(head.receipts, receipt)),
        checks.map(({ look }) => ({ request_range: look })),
      );
      if (answer.succeeded) return { revision: await this.#finish(ordered, answer) };
      const conflict = failedExpectation(checks, answer);
      if (conflict !== undefined) return { conflict };
    }
    throw tooManyRaces();
  }

  /** One place is the head's. */
  get #chunkLength(): number {
    return this.#host.operationsMax - 1;
  }

  #operations(ordered: readonly RegistryChange[], receipts: readonly string[]): IRequestOp[] {
    const chunk = ordered.slice(0, this.#chunkLength);
    const value = formatHead(ordered.slice(this.#chunkLength), receipts);
    return [
      ...chunk.map((change) => toOperation(this.#host.keys, change)),
      { request_put: { key: this.#headKey, value } },
    ];
  }

  /** Puts what a decided write has left. @returns the revision of the whole */
  async #finish(ordered: readonly RegistryChange[], answer: ITxnResponse): Promise<Revision> {
    if (ordered.length <= this.#chunkLength) return Number(answer.header.revision);
    const { modRevision } = await this.#settle();
    return modRevision;
  }

  /** Puts what somebody's decided write has left. @returns a head with nothing pending */
  async #settle(): Promise<EtcdHead> {
    for (let race = 0; race < RACES_MAX; race += 1) {
      let head = await this.#readHead();
      while (head.pending.length > 0) {
        const answer = await this.#txn(
          [sameRevision(this.#headKey, head.modRevision)],
          this.#operations(head.pending, head.receipts),
          [],
        );
        // Otherwise somebody else puts it as well: the next look tells.
        if (!answer.succeeded) break;
        head = {
          ...head,
          modRevision: Number(answer.header.revision),
          pending: head.pending.slice(this.#chunkLength),
        };
      }
      if (head.pending.length === 0) return head;
    }
    throw tooManyRaces();
  }

  /** @returns the conditions of the transaction, or the expectation that is known not to hold already */
  async #toChecks(
    expectations: readonly RegistryExpectation[],
    head: EtcdHead,
  ): Promise<EtcdCheck[] | { readonly conflict: RegistryExpectation }> {
    const checks: EtcdCheck[] = [];
    for (const expectation of expectations) {
      if (expectation.kind === "absent") {
        checks.push(...absentChecks(this.#host.keys, expectation));
      } else if (expectation.kind === "unchanged") {
        const check = await this.#unchangedCheck(expectation);
        if (check === undefined) return { conflict: expectation };
        checks.push(check);
      } else if (head.modRevision > expectation.since) {
        return { conflict: expectation };
      }
    }
    assertCheckCount(checks);
    return checks;
  }

  /** @returns undefined if the value was changed, or nobody can tell any more */
  async #unchangedCheck(
    expectation: RegistryExpectation & { kind: "unchanged" },
  ): Promise<EtcdCheck | undefined> {
    const key = this.#host.keys.toKey(expectation.path);
    const modRevision = await this.#modRevision(key);
    if (modRevision > expectation.since) return undefined;
    // etcd does not say when an absent key was deleted: whether it was there tells.
    if (modRevision === 0 && (await this.#wasThere(key, expectation.since))) return undefined;
    return sameRevisionCheck(key, modRevision, expectation);
  }

  async #modRevision(key: Buffer, revision?: Revision): Promise<Revision> {
    const at = revision === undefined ? {} : { revision };
    const { kvs } = await this.#call("read a key", (connection) =>
      connection.range({ key, keys_only: true, ...at }, NEVER),
    );
    return Number(kvs[0]?.mod_revision ?? 0);
  }

  async #wasThere(key: Buffer, revision: Revision): Promise<boolean> {
    try {
      return (await this.#modRevision(key, revision)) > 0;
    } catch (error) {
      if (error instanceof FeatureStoreError && isCompacted(error.cause)) return true;
      throw error;
    }
  }

  async #readHead(revision?: Revision): Promise<EtcdHead> {
    const at = revision === undefined ? {} : { revision };
    const { kvs } = await this.#call("read the author's key", (connection) =>
      connection.range({ key: this.#headKey, ...at }, NEVER),
    );
    return parseHead(kvs[0]);
  }

  #txn(
    compare: EtcdCompare[],
    success: IRequestOp[],
    failure: IRequestOp[],
  ): Promise<ITxnResponse> {
    return this.#call("write", (connection) =>
      connection.txnIf({ compare, success, failure }, NEVER),
    );
  }

  /** An answer that is late is as good as lost: the caller cannot tell what happened. */
  async #call<T>(action: string, act: Act<T>): Promise<T> {
    try {
      return await this.#host.call(action, act);
    } catch (error) {
      if (!(error instanceof FeatureStoreError) || error.code !== "DEADLINE_EXCEEDED") throw error;
      throw new FeatureStoreError("UNAVAILABLE", error.message, { cause: error.cause });
    }
  }
}

function tooManyRaces(): FeatureStoreError {
  return new FeatureStoreError(
    "UNAVAILABLE",
    `etcd: write: others were first ${RACES_MAX} times in a row`,
  );
}
