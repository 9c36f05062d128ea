import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, type Logger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import {
  type ApplyLimits,
  type ChangeService,
  type ChangeServiceDeps,
  createChangeService,
} from "../../../src/apply/index.ts";
import type { PlanContext } from "../../../src/changes/index.ts";
import { openDatabase } from "../../../src/database/index.ts";
import type { Database } from "../../../src/database/ports.ts";
import { Faults } from "./faults.ts";
import { RecordingTables } from "./recording-tables.ts";
import type { StoreKind } from "./scenario.ts";

export const SCYLLA: StoreKind = { confId: 1, dbType: "scylla" };

export const CONTEXT: PlanContext = {
  storeConfigs: new Map([
    [0, "embedded"],
    [1, "scylla"],
    [4, "redis_failover"],
  ]),
  distributedCacheConfIds: [2],
  processCacheConfIds: [3],
  newToken: () => "a-made-token",
  nowSeconds: () => 1_800_000_000,
};

export const silentLog: Logger = createLogger({ service: "test", level: "DISABLED" });

/** So that nothing waits in tests. */
const TEST_LIMITS: Partial<ApplyLimits> = { conflictPauseMsMax: 5 };

/** A control plane over a registry and tables in memory and a real, embedded database. */
export class MemoryWorld {
  readonly registry = new MemoryRegistrySource();
  readonly tables = new RecordingTables();
  readonly database: Database;
  readonly #folder: string;
  #passedMs = 0;
  #faults = new Faults();

  private constructor(database: Database, folder: string) {
    this.database = database;
    this.#folder = folder;
  }

  static async open(): Promise<MemoryWorld> {
    const folder = mkdtempSync(join(tmpdir(), "ofs-apply-"));
    const database = await openDatabase({ kind: "embedded", folder }, silentLog);
    return new MemoryWorld(database, folder);
  }

  /** Of all services that are made until they are renewed. */
  get faults(): Faults {
    return this.#faults;
  }

  renewFaults(): Faults {
    this.#faults = new Faults();
    return this.#faults;
  }

  /** A control plane of its own beside others, as another replica is. */
  service(deps: Partial<ChangeServiceDeps> = {}): ChangeService {
    const { limits, ...others } = deps;
    return createChangeService({
      requests: this.faults.wrap("requests", this.database.requests),
      audit: this.faults.wrap("audit", this.database.audit),
      registry: this.faults.wrap("registry", this.registry),
      tables: this.faults.wrap("tables", this.tables),
      context: CONTEXT,
      log: silentLog,
      isFourEyes: false,
      now: () => Date.now() + this.#passedMs,
      random: () => 0.5,
      limits: { ...TEST_LIMITS, ...limits },
      ...others,
    });
  }

  /** Lets time pass for all services of this world. */
  pass(ms: number): void {
    this.#passedMs += ms;
  }

  /** The registry's texts by path. */
  async tree(): Promise<Record<string, string>> {
    const { entries } = await this.registry.load(new AbortController().signal);
    return Object.fromEntries(
      [...entries].map(([path, value]) => [path, Buffer.from(value).toString()]).sort(),
    );
  }

  async actions(): Promise<string[]> {
    const entries = await this.database.audit.list({ limit: 1000 });
    return entries.map(({ action, actor, subject }) => `${actor} ${action} ${subject}`).reverse();
  }

  async close(): Promise<void> {
    await this.database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
