import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  freePorts,
  type RegistryEntries,
  startProcess,
  type TestProcess,
  waitUntil,
} from "@ofs/testkit";
import type { ModelSchema } from "@ofs/testkit/model";
import { prepareTables } from "../scenarios/cassandra.ts";
import { ScenarioClient } from "../scenarios/scenario-client.ts";
import {
  BUILT,
  cacheEnvironment,
  embeddedHome,
  etcdHome,
  FROM_SOURCE,
  type RegistryHome,
  type StoreKind,
  storeDefinition,
  storeEnvironment,
  toChanges,
} from "../scenarios/server-under-test.ts";
import { schemaTree, treeChanges } from "./schema-tree.ts";

const READY_TIMEOUT_MS = 60_000;
const REVISION_TIMEOUT_MS = 20_000;

export interface FleetOptions {
  readonly store: StoreKind;
  readonly processCount: number;
  readonly schema: ModelSchema;
  /** Run the built server, as production does, in place of the source. */
  readonly isBuilt?: boolean;
  /** Whether `jumpClock` works; true by default. */
  readonly hasClock?: boolean;
  /** Settings beside those of registry, store and caches. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Member {
  readonly port: number;
  process: TestProcess;
  client: ScenarioClient;
}

/** Some api-server processes on the same registry, store, distributed cache and clock. */
export class Fleet {
  readonly name: string;
  readonly #options: FleetOptions;
  readonly #folder: string;
  readonly #home: RegistryHome;
  readonly #members: Member[] = [];
  #tree: RegistryEntries = {};
  #offsetMs = 0;

  private constructor(name: string, options: FleetOptions, folder: string, home: RegistryHome) {
    this.name = name;
    this.#options = options;
    this.#folder = folder;
    this.#home = home;
  }

  /** @returns when every process is ready */
  static async start(options: FleetOptions): Promise<Fleet> {
    const folder = await mkdtemp(join(tmpdir(), "ofs-model-"));
    const name = `model_${randomUUID().replaceAll("-", "")}`;
    const home = options.store === "embedded" ? await embeddedHome(folder) : etcdHome(name);
    const fleet = new Fleet(name, options, folder, home);
    try {
      await fleet.publish(options.schema);
      if (options.store === "scylla") await prepareTables(fleet.#tree);
      for (const port of await freePorts(options.processCount)) {
        const process = await fleet.#spawn(port);
        fleet.#members.push({ port, process, client: new ScenarioClient(`127.0.0.1:${port}`) });
      }
    } catch (error) {
      await fleet.close();
      throw error;
    }
    return fleet;
  }

  get processCount(): number {
    return this.#options.processCount;
  }

  client(server: number): ScenarioClient {
    return this.#member(server).client;
  }

  process(server: number): TestProcess {
    return this.#member(server).process;
  }

  /** The server's clock, in Unix milliseconds. */
  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  jumpClock(ms: number): void {
    this.#offsetMs += ms;
    for (const { process } of this.#members) process.clock.set(this.#offsetMs);
  }

  /** Publishes the schema and waits until every process serves it, as any client would. */
  async publish(schema: ModelSchema): Promise<void> {
    const store = { ...storeDefinition(this.#options.store, this.name), table: this.name };
    const tree = schemaTree(schema, store);
    const changes = toChanges(treeChanges(this.#tree, tree));
    if (changes.length === 0) return;
    const revision = await this.#home.write(changes);
    this.#tree = tree;
    await Promise.all(this.#members.map((_, server) => this.#waitForRevision(server, revision)));
  }

  /** What `/metrics` answers. */
  async metrics(server: number): Promise<string> {
    const { port } = this.#member(server);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    return response.text();
  }

  /** Ends a process and starts another in its place. @returns the exit code, null after SIGKILL */
  async restart(server: number, signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const member = this.#member(server);
    const { code } = await (signal === "SIGTERM" ? member.process.stop() : member.process.kill());
    member.client.close();
    member.process = await this.#spawn(member.port);
    member.client = new ScenarioClient(`127.0.0.1:${member.port}`);
    return code;
  }

  async close(): Promise<void> {
    for (const { client } of this.#members) client.close();
    await Promise.all(this.#members.map(({ process }) => process.stop()));
    await this.#home.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #spawn(port: number): Promise<TestProcess> {
    const { store, isBuilt = false, hasClock = true, env } = this.#options;
    const process = await startProcess({
      ...(isBuilt ? BUILT : FROM_SOURCE),
      clock: hasClock,
      env: {
        APP_NAME: this.name,
        APP_PORT: String(port),
        APP_LOG_LEVEL: "WARN",
        OVERLOAD_QUEUE_MS: "0", // a busy machine must not look like a wrong answer
        WORKERS: "1",
        ...this.#home.env,
        ...cacheEnvironment(),
        ...storeEnvironment(store),
        ...env,
      },
      ready: { http: `http://127.0.0.1:${port}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    if (hasClock) process.clock.set(this.#offsetMs);
    return process;
  }

  #waitForRevision(server: number, revision: number): Promise<unknown> {
    return waitUntil(
      async () => {
        const served = /^ofs_registry_revision(?:\{[^}]*\})? (\d+)/m.exec(
          await this.metrics(server),
        );
        return Number(served?.[1]) >= revision;
      },
      { what: `revision ${revision} at server ${server}`, timeoutMs: REVISION_TIMEOUT_MS },
    );
  }

  #member(server: number): Member {
    const member = this.#members[server];
    if (member === undefined) throw new RangeError(`there is no server ${server}`);
    return member;
  }
}
