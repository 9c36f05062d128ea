import { FeatureStoreError, type Logger } from "@ofs/platform";
import {
  encodeConsumer,
  encodeEntity,
  encodePopulator,
  type RegistryAuthor,
  type RegistryExpectation,
  type RegistryTree,
  type Revision,
  type RowEntry,
} from "@ofs/registry";
import type { GroupMetadata } from "@ofs/rows";
import type { Metastore } from "../metastore/metastore.ts";
import { groupEntries } from "./group-entries.ts";

/** Of one transaction. An entry that is new counts twice among its conditions, of which there may be 127. */
const ENTRIES_MAX = 60;
/** Of one transaction: etcd takes requests of 1.5 MiB. */
const CHUNK_SIZE_BYTES_MAX = 1_100_000;
const LOAD_TIMEOUT_MS = 30_000;
/** Writes that others were quicker than. */
const CONFLICTS_MAX = 20;

/** What belongs together: it is written in one transaction where it fits, the last entry last. */
type EntryGroup = readonly RowEntry[];

/** An object that has changed in the metastore. */
export type Changed =
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "consumer"; readonly tenantName: string }
  | { readonly kind: "populators" };

/** What a publication has done. */
export interface Published {
  /** The registry holds the metastore's state from this revision on. */
  readonly revision: Revision;
  /** Paths that were not there before. */
  readonly added: ReadonlySet<string>;
  readonly changedCount: number;
}

interface Waiting {
  readonly changed: readonly Changed[];
  readonly resolve: (published: Published) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings the registry to what the metastore says. It reads the registry first and the metastore after, and writes only where
 * the registry is as it was read: whoever is late overwrites nothing newer. Callers at one moment share one run.
 */
export class Publisher {
  readonly #metastore: Metastore;
  readonly #registry: RegistryAuthor;
  readonly #log: Logger;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(metastore: Metastore, registry: RegistryAuthor, log: Logger) {
    this.#metastore = metastore;
    this.#registry = registry;
    this.#log = log;
  }

  /** @throws {FeatureStoreError} UNAVAILABLE: it may be published, or will be by the reconciler */
  publish(...changed: readonly Changed[]): Promise<Published> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changed, resolve, reject });
      if (this.#running === undefined) this.#start();
    });
  }

  /** Compares everything. @throws {FeatureStoreError} UNAVAILABLE */
  async publishAll(): Promise<Published> {
    const published = await this.#untilWritten(() => this.#everything());
    const count = published.changedCount;
    if (count > 0) this.#log.info({ count }, "the registry was brought to what the metastore says");
    return published;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #start(): void {
    this.#running = this.#drain().finally(() => {
      this.#running = undefined;
      // Somebody may have come after the last look, and before this.
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #drain(): Promise<void> {
    // Callers of the same turn come together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        const all = waiting.flatMap(({ changed }) => changed);
        const published = await this.#untilWritten(() => this.#entriesOf(all));
        for (const { resolve } of waiting) resolve(published);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
  }

  async #untilWritten(read: () => Promise<EntryGroup[]>): Promise<Published> {
    const added = new Set<string>();
    let changedCount = 0;
    for (let conflicts = 0; conflicts < CONFLICTS_MAX; conflicts += 1) {
      const tree = await this.#registry.loadForWrite(AbortSignal.timeout(LOAD_TIMEOUT_MS));
      const chunks = toChunks((await read()).map((group) => differences(group, tree)));
      const written = await this.#write(chunks, tree, added);
      changedCount += written.count;
      if (!written.hasConflict) {
        return { revision: written.revision ?? tree.revision, added, changedCount };
      }
    }
    throw new FeatureStoreError(
      "UNAVAILABLE",
      `the registry was changed by others ${CONFLICTS_MAX} times in a row`,
    );
  }

  async #write(
    chunks: readonly EntryGroup[],
    tree: RegistryTree,
    added: Set<string>,
  ): Promise<{ revision?: Revision; count: number; hasConflict: boolean }> {
    let revision: Revision | undefined;
    let count = 0;
    for (const chunk of chunks) {
      const expectations = chunk.map(
        ({ path }): RegistryExpectation =>
          tree.entries.has(path)
            ? { kind: "unchanged", path, since: tree.revision }
            : { kind: "absent", path },
      );
      const outcome = await this.#registry.writeIf(chunk, expectations);
      if ("conflict" in outcome) return { count, hasConflict: true };
      revision = outcome.revision;
      count += chunk.length;
      for (const { path } of chunk) if (!tree.entries.has(path)) added.add(path);
    }
    return { ...(revision === undefined ? {} : { revision }), count, hasConflict: false };
  }

  async #entriesOf(changed: readonly Changed[]): Promise<EntryGroup[]> {
    const distinct = new Map(changed.map((each) => [JSON.stringify(each), each]));
    return Promise.all([...distinct.values()].map((each) => this.#entries(each)));
  }

  async #entries(changed: Changed): Promise<EntryGroup> {
    const { entities, groups, tenants } = this.#metastore;
    switch (changed.kind) {
      case "entity": {
        const entity = await entities.find(changed.name);
        return entity === undefined ? [] : [encodeEntity(entity)];
      }
      case "group": {
        const version = await groups.version(changed.name);
        return groupEntries(await groups.versionsOf(changed.name), version);
      }
      case "consumer": {
        const consumer = await tenants.consumer(changed.tenantName);
        return consumer === undefined ? [] : [encodeConsumer(consumer)];
      }
      case "populators":
        return (await tenants.populators()).map(encodePopulator);
    }
  }

  async #everything(): Promise<EntryGroup[]> {
    const { entities, groups, tenants } = this.#metastore;
    const versions = new Map((await groups.listVersions()).map((each) => [each.name, each]));
    const byName = new Map<string, GroupMetadata[]>();
    for (const group of await groups.list()) {
      const known = byName.get(group.name);
      if (known === undefined) byName.set(group.name, [group]);
      else known.push(group);
    }
    return [
      ...(await entities.list()).map((entity) => [encodeEntity(entity)]),
      ...[...byName].map(([name, each]) => groupEntries(each, versions.get(name))),
      ...(await tenants.consumers()).map((each) => [encodeConsumer(each)]),
      ...(await tenants.populators()).map((each) => [encodePopulator(each)]),
    ];
  }
}

function differences(group: EntryGroup, { entries }: RegistryTree): RowEntry[] {
  return group.filter(({ path, value }) => {
    const existing = entries.get(path);
    return existing === undefined || Buffer.compare(existing, value) !== 0;
  });
}

/** Fills transactions; one group is split only where it is too large for one. */
function toChunks(groups: readonly EntryGroup[]): EntryGroup[] {
  const chunks: RowEntry[][] = [];
  let chunk: RowEntry[] = [];
  let sizeBytes = 0;
  const begin = (): void => {
    if (chunk.length > 0) chunks.push(chunk);
    chunk = [];
    sizeBytes = 0;
  };
  for (const group of groups) {
    const groupBytes = group.reduce((sum, { value }) => sum + value.byteLength, 0);
    const isFull = (count: number, bytes: number): boolean =>
      chunk.length + count > ENTRIES_MAX || sizeBytes + bytes > CHUNK_SIZE_BYTES_MAX;
    if (isFull(group.length, groupBytes)) begin();
    for (const entry of group) {
      if (isFull(1, entry.value.byteLength)) begin();
      chunk.push(entry);
      sizeBytes += entry.value.byteLength;
    }
  }
  begin();
  return chunks;
}
