import type { ScyllaSettings } from "@ofs/connections";
import type { DatabaseSettings } from "@ofs/database";
import { EtcdRegistrySource, type RegistryAuthor } from "@ofs/registry";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import {
  type ChangeService,
  createChangeService,
  type StepListener,
  StoreTables,
} from "../../../src/apply/index.ts";
import { openDatabase } from "../../../src/database/index.ts";
import type { Database } from "../../../src/database/ports.ts";
import { CONTEXT, silentLog } from "./memory-world.ts";
import type { StoreKind } from "./scenario.ts";

/** Where a control plane keeps things: goes to another process as JSON. */
export interface WorldSettings {
  readonly database: DatabaseSettings;
  readonly registry:
    | { readonly folder: string }
    | { readonly endpoints: string; readonly root: string };
  readonly scylla: readonly ScyllaSettings[];
  readonly stores: StoreKind;
  /** Of requests in APPLYING; for tests, that of a killed process is over at once. */
  readonly leaseMs: number;
}

/** A control plane with all that is behind it, as one process has it. */
export interface ProcessWorld {
  readonly changes: ChangeService;
  readonly database: Database;
  readonly registry: RegistryAuthor;
  readonly tables: StoreTables;
  close(): Promise<void>;
}

export async function openProcessWorld(
  settings: WorldSettings,
  onStep?: StepListener,
): Promise<ProcessWorld> {
  const database = await openDatabase(settings.database, silentLog);
  const { registry, close } = openRegistry(settings.registry);
  const tables = new StoreTables(settings.scylla, silentLog);
  const changes = createChangeService({
    requests: database.requests,
    audit: database.audit,
    registry,
    tables,
    context: CONTEXT,
    log: silentLog,
    isFourEyes: false,
    now: Date.now,
    random: Math.random,
    limits: { leaseMs: settings.leaseMs },
    ...(onStep === undefined ? {} : { onStep }),
  });
  return {
    changes,
    database,
    registry,
    tables,
    async close() {
      await tables.close();
      await close();
      await database.close();
    },
  };
}

function openRegistry(settings: WorldSettings["registry"]): {
  readonly registry: RegistryAuthor;
  close(): Promise<void>;
} {
  if ("root" in settings) {
    const registry = new EtcdRegistrySource(settings);
    return { registry, close: () => registry.close() };
  }
  const environment = openEmbeddedEnvironment(settings.folder);
  const registry = new EmbeddedRegistrySource(environment);
  return {
    registry,
    async close() {
      await registry.close();
      await environment.close();
    },
  };
}

/** The registry's texts by path. */
export async function textsOf(registry: RegistryAuthor): Promise<Record<string, string>> {
  const { entries } = await registry.loadForWrite(new AbortController().signal);
  return Object.fromEntries(
    [...entries].map(([path, value]) => [path, Buffer.from(value).toString()]).sort(),
  );
}
