import {
  AppliedRevision,
  checkRowRegistry,
  createRowSweep,
  openTenantStore,
  type RegistrySettings,
  readEtcdTls,
  registerRowRegistryMetrics,
  type ScyllaSettings,
  TenantStores,
  usedTenants,
} from "@ofs/connections";
import { FormatTable, type IngestorOptions, rowFormatRules } from "@ofs/ingest";
import type { Logger, ServiceBase } from "@ofs/platform";
import { openRowRegistry, type RegistrySource, type RowRegistry } from "@ofs/registry";
import { DEFAULT_TENANT, type RowCatalog } from "@ofs/rows";
import type { EmbeddedEnvironment } from "@ofs/store";
import type { RowSettings } from "../config/row-settings.ts";
import type { RecordLog } from "../log/record-log.ts";
import { checkRowIngest, checkSlots } from "./check-slots.ts";
import { RowMembers } from "./row-members.ts";
import { rowTopics } from "./row-topics.ts";
import { registerSlotMetrics } from "./slot-metrics.ts";
import { EtcdSlotBoard } from "./slots/etcd-slot-board.ts";
import { LocalSlotBoard } from "./slots/local-slot-board.ts";
import type { SlotBoard } from "./slots/slot-board.ts";
import { SlotKeeper } from "./slots/slot-keeper.ts";

/** Calls that wait for one tenant's store at once, beside those of the lanes. */
const SPARE_STORE_CALLS = 64;

export interface RowsOptions {
  readonly appName: string;
  readonly settings: RowSettings;
  readonly scylla: readonly ScyllaSettings[];
  readonly embedded: EmbeddedEnvironment | undefined;
  /** Whether what has expired in the data folder is dropped by this process. */
  readonly isSweeper: boolean;
  /** Stays the caller's. */
  readonly records: RecordLog;
  /** Of the row dialect's registry; stays the caller's. */
  readonly source: RegistrySource;
  /** Where the last registry is kept. */
  readonly snapshotFile: string | undefined;
  /** Where processes agree on slots, and tell what they serve; undefined: this one is alone. */
  readonly etcd: RegistrySettings["etcd"];
  /** Of each member. */
  readonly ingestor: Omit<IngestorOptions, "source" | "deadLetters" | "log" | "formats">;
  /** Writes under way at once of one member, to one tenant's store. */
  readonly laneCount: number;
  readonly graceMs: number;
}

/** Ingestion of the row dialect in this process. */
export interface Rows {
  readonly records: RecordLog;
  readonly board: SlotBoard;
  readonly members: RowMembers;
  /** That are read by some process. */
  topics(): readonly string[];
  deadLetterTopicOf(topic: string): string;
  /** undefined while it is being opened. */
  registry(): RowRegistry | undefined;
  /** Loads the registry and reads what it says, until the service closes. Never rejects for a source that is down. */
  start(): Promise<void>;
}

/** Opens everything but the reading, and registers how it is closed. */
export async function openRows(options: RowsOptions, base: ServiceBase): Promise<Rows> {
  const { settings, records, ingestor, source, snapshotFile } = options;
  const { log, metrics, health, lifecycle } = base;
  const stores = openStores(options, base);
  let registry: RowRegistry | undefined;
  lifecycle.register("row registry", () => registry?.close());
  let applied: AppliedRevision | undefined;
  lifecycle.register("applied row revision", () => applied?.close());
  const destinations = {
    catalog: () => registry?.catalog(),
    storeOf: (tenant: string) => stores.storeOf(tenant),
  };
  const members = new RowMembers({
    records,
    groupPrefix: settings.groupPrefix,
    ingestor: { ...ingestor, formats: new FormatTable(rowFormatRules(destinations)) },
    log,
  });
  const capacity = settings.slotCount;
  const board = await openBoard(options, log);
  const { monotonicNow } = ingestor;
  const keeper = new SlotKeeper({ board, use: members, capacity, monotonicNow, log });
  registerRowRegistryMetrics(metrics, () => registry);
  registerSlotMetrics(metrics, board, keeper);
  health.register("row registry", () => checkRowRegistry(registry));
  health.register("row stores", () => stores.check());
  health.register("row slots", () => checkSlots(board, keeper));
  health.register("row ingest", () => checkRowIngest(members.statuses(), members.faults()));
  const onCatalog = (catalog: RowCatalog): void => {
    stores.retain(usedTenants(catalog));
    const { topics, refused } = rowTopics(catalog);
    if (refused.length > 0) log.error({ topics: refused }, "no log has topics of such names");
    keeper.want(topics);
    members.registryChanged();
  };
  return {
    records,
    board,
    members,
    topics: () => [...keeper.wanted.keys()],
    deadLetterTopicOf: (topic) => settings.deadLetterTopic ?? `${topic}.dlq`,
    registry: () => registry,
    async start() {
      // Others open theirs when they are first used; this one tells how the process is.
      stores.storeOf(DEFAULT_TENANT);
      lifecycle.register("row slots", () => keeper.close(options.graceMs));
      keeper.start();
      registry = await openRowRegistry({ source, snapshotFile, log });
      registry.onCatalog(onCatalog);
      const first = registry.catalog();
      if (first !== undefined) onCatalog(first);
      health.refresh();
      registry.onCatalog(() => applied?.changed());
      applied = await openApplied(options, registry, log);
    },
  };
}

function openStores(
  { settings, scylla, embedded, isSweeper, laneCount }: RowsOptions,
  { log, metrics, lifecycle }: ServiceBase,
): TenantStores {
  const places = { settings: settings.stores, scylla, embedded };
  const stores = new TenantStores({
    open: (tenant) => openTenantStore(tenant, places, log),
    maxInFlight: settings.slotCount * laneCount + SPARE_STORE_CALLS,
    log,
    metrics,
  });
  lifecycle.register("row stores", () => stores.close());
  if (embedded === undefined || embedded.isReadOnly || !isSweeper) return stores;
  const sweep = createRowSweep(embedded, log);
  sweep.start();
  lifecycle.register("row sweep", () => sweep.close());
  return stores;
}

/** Processes that read one log agree in etcd; what only this one can read is all its own. */
async function openBoard(
  { appName, etcd, records, settings }: RowsOptions,
  log: Logger,
): Promise<SlotBoard> {
  if (etcd === undefined || !records.isShared) return new LocalSlotBoard(settings.slotCount);
  const { endpoints, username, password } = etcd;
  const tls = etcd.tls && (await readEtcdTls(etcd.tls));
  const root = `/row/${appName}/runtime/consumer-slots`;
  return new EtcdSlotBoard({ endpoints, root, username, password, tls }, settings.slotCount, log);
}

async function openApplied(
  { appName, etcd }: RowsOptions,
  registry: RowRegistry,
  log: Logger,
): Promise<AppliedRevision | undefined> {
  if (etcd === undefined) return undefined;
  const revision = (): number => registry.revision;
  return AppliedRevision.open({ appName, service: "consumer", etcd, revision, log });
}
