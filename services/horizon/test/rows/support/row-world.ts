import type { ScyllaSettings } from "@ofs/connections";
import type { DatabaseSettings } from "@ofs/database";
import { EtcdLocks, EtcdRegistrySource, type RegistryAuthor } from "@ofs/registry";
import {
  type EmbeddedEnvironment,
  EmbeddedRegistrySource,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { createRowAdmin, type RowControlPlane } from "../../../src/rows/create-row-admin.ts";
import type { CreationStep } from "../../../src/rows/creation/creator.ts";
import { openMetastore } from "../../../src/rows/metastore/open-metastore.ts";
import { ClusterConnections } from "../../../src/rows/tenants/cluster-connections.ts";
import { QueuedDdlLock } from "../../../src/rows/tenants/ddl-lock.ts";
import { silentLog } from "../../database/new-requests.ts";

const LOCK_TTL_SECONDS = 5;
const LOCK_WAIT_MS = 120_000;

/** Where a control plane keeps things: goes to another process as JSON. */
export interface RowWorldSettings {
  readonly database: DatabaseSettings;
  /** Registry and rows, where there are no servers for them. */
  readonly folder: string;
  readonly etcd: EtcdPlace | undefined;
  readonly scylla: readonly ScyllaSettings[];
  readonly keyspace: string;
  /** Of creations; for tests, that of a killed process is over soon. */
  readonly holdMs: number;
}

/** Above the registry and the locks. */
export interface EtcdPlace {
  readonly endpoints: string;
  readonly root: string;
}

/** A control plane with all that is behind it, as one process has it. */
export interface RowWorld {
  readonly admin: RowControlPlane;
  readonly clusters: ClusterConnections;
  readonly registry: RegistryAuthor;
  close(): Promise<void>;
}

export async function openRowWorld(
  settings: RowWorldSettings,
  onStep: (step: CreationStep) => Promise<void> | void = () => undefined,
): Promise<RowWorld> {
  const environment = openEmbeddedEnvironment(settings.folder);
  const registry = openRegistry(settings, environment);
  const clusters = openClusters(settings, environment);
  const locks = settings.etcd && openLocks(settings.etcd);
  const metastore = await openMetastore(settings.database, silentLog);
  const admin = createRowAdmin({
    metastore,
    registry,
    clusters,
    ddlLock: new QueuedDdlLock(locks),
    served: { waitFor: async () => undefined },
    topics: undefined,
    log: silentLog,
    now: Date.now,
    holdMs: settings.holdMs,
    onStep,
  });
  return {
    admin,
    clusters,
    registry,
    async close() {
      await admin.close();
      locks?.close();
      await metastore.close();
      await clusters.close();
      await registry.close();
      await environment.close();
    },
  };
}

function openRegistry(
  { etcd }: RowWorldSettings,
  environment: EmbeddedEnvironment,
): RegistryAuthor {
  return etcd === undefined
    ? new EmbeddedRegistrySource(environment, "row")
    : new EtcdRegistrySource({ ...etcd, root: `${etcd.root}/registry` });
}

function openLocks({ endpoints, root }: EtcdPlace): EtcdLocks {
  return new EtcdLocks({
    etcd: { endpoints, root: `${root}/runtime/locks/ddl` },
    ttlSeconds: LOCK_TTL_SECONDS,
    waitTimeoutMs: LOCK_WAIT_MS,
    owner: `test ${process.pid}`,
    log: silentLog,
  });
}

function openClusters(
  { scylla, keyspace }: RowWorldSettings,
  embedded: EmbeddedEnvironment,
): ClusterConnections {
  const confIds = new Map(scylla.map(({ confId }) => ["default-tenant", confId]));
  const settings = {
    confIds,
    hostPattern: undefined,
    keyspace,
    consistency: "LOCAL_QUORUM",
  } as const;
  return new ClusterConnections({ settings, scylla, embedded }, silentLog);
}
