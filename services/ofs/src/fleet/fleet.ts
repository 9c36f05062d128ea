import { createHash, randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { type ApiServer, startApiServer } from "@ofs/api-server";
import { LocalInvalidationBus } from "@ofs/cache";
import { createClient } from "@ofs/client";
import { type Consumer, startConsumer } from "@ofs/consumer";
import {
  type FirstAdmin,
  type Horizon,
  type HorizonConfig,
  startHorizon,
  valuesOfClient,
} from "@ofs/horizon";
import type { Lifecycle, Logger } from "@ofs/platform";
import { type Populator, type PopulatorConfig, startPopulator } from "@ofs/populator";
import type { Reader, Snapshot } from "@ofs/registry";
import {
  type EmbeddedEnvironment,
  EmbeddedRegistrySource,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { SAMPLE_CALLER } from "../cli/connection.ts";
import type { ProgressOutput } from "../progress.ts";
import { DataFolder } from "./data-folder.ts";
import { loadSample } from "./load-sample.ts";
import type { FleetOptions } from "./options.ts";
import { LateRowAdmin, rowsServed } from "./row-dialect.ts";
import { chooseRowPort } from "./row-port.ts";
import {
  createConsumerConfig,
  createHorizonConfig,
  createPopulatorConfig,
  createServerConfig,
} from "./server-settings.ts";

/** From an open port to a loaded registry and a store that answers; both are in this process. */
const READY_TIMEOUT_MS = 30_000;

/** Who the control plane is to the server when it shows values. */
const CONSOLE_CALLER = "ofs-console";
const TOKEN_BYTES = 32;

/** What a fleet is given by the program around it. */
export interface FleetSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** Closes what the fleet opens; the program decides when. */
  readonly lifecycle: Lifecycle;
  /** Aborts when the program is asked to end, so that a load in between stops. */
  readonly signal: AbortSignal;
  /** For progress. */
  readonly output: ProgressOutput;
}

/** A fleet that serves. */
export interface Fleet {
  /** `host:port` for clients on this machine. */
  readonly address: string;
  readonly port: number;
  /** `host:port` of the row dialect's own port; undefined where it is off. */
  readonly rowAddress: string | undefined;
  /** `host:port` of the consumer's HTTP. */
  readonly consumerAddress: string;
  readonly consumerPort: number;
  /** `host:port` of the control plane's HTTP. */
  readonly horizonAddress: string;
  readonly horizonPort: number;
  /** `host:port` of the populator's HTTP. */
  readonly populatorAddress: string;
  readonly populatorPort: number;
  /** The control plane's administrator, if it was made at this start; their password is to be shown now. */
  readonly firstAdmin: FirstAdmin | undefined;
  readonly dataFolder: string;
  /** Whether the sample can be read with its own caller. */
  readonly hasSample: boolean;
  readonly entityCount: number;
}

/**
 * Starts everything in this process: the data folder's stores, registry and log, the server in front of them, and the
 * consumer that brings messages of the log into the stores, the populator that brings tables into the log, and the control
 * plane. What is stored is read at once, caches included.
 * Loads the sample if the registry is empty, or if an earlier load was interrupted.
 *
 * @throws {FeatureStoreError} for a folder that is in use or not ours; {ConfigError}; a port's own error
 */
export async function startFleet(
  options: FleetOptions,
  surroundings: FleetSurroundings,
): Promise<Fleet> {
  const { lifecycle, log, env } = surroundings;
  const rowPort = await chooseRowPort(options.host, options.rowPort);
  const config = createServerConfig({ ...options, rowPort }, env);
  const dataFolder = resolve(options.dataFolder);
  const consumerConfig = createConsumerConfig({ ...options, dataFolder }, env);
  const horizonConfig = createHorizonConfig({ ...options, dataFolder }, env);
  const populatorConfig = createPopulatorConfig({ ...options, dataFolder }, env);
  const { folder, ...opened } = openFolder(options, lifecycle);
  const rowAdmin = new LateRowAdmin();
  const bus = new LocalInvalidationBus();
  const shared = { log, ...opened };
  const invalidationChannels = [bus.join()];
  const consoleToken = newToken();
  const server = await startApiServer(config, {
    ...shared,
    invalidationChannels,
    rowAdmin,
    ownReaders: [consoleReader(consoleToken)],
  });
  lifecycle.register("api-server", () => server.close());
  const consumer = await startConsumer(consumerConfig, {
    ...shared,
    invalidationChannels: [bus.join()],
  });
  lifecycle.register("consumer", () => consumer.close());
  const { populator, horizon, firstAdmin } = await startOperation(
    { options, shared, server, consumer, rowAdmin, consoleToken, lifecycle },
    { horizon: horizonConfig, populator: populatorConfig },
  );
  await server.waitUntilReady(READY_TIMEOUT_MS);
  await horizon.waitUntilReady(READY_TIMEOUT_MS);
  await consumer.waitUntilReady(READY_TIMEOUT_MS);
  await populator.waitUntilReady(READY_TIMEOUT_MS);

  const address = addressOf(options.host, server.port);
  await loadWantedSample(options, surroundings, server, { address, ...opened, folder });
  const snapshot = server.registry.snapshot();
  return {
    address,
    port: server.port,
    rowAddress: server.rowPort === undefined ? undefined : addressOf(options.host, server.rowPort),
    consumerAddress: addressOf(options.host, consumer.port),
    consumerPort: consumer.port,
    horizonAddress: addressOf(options.host, horizon.port),
    horizonPort: horizon.port,
    populatorAddress: addressOf(options.host, populator.port),
    populatorPort: populator.port,
    firstAdmin,
    dataFolder: folder.path,
    hasSample: hasSample(snapshot),
    entityCount: snapshot?.entities.size ?? 0,
  };
}

interface OperationParts {
  readonly options: FleetOptions;
  readonly shared: Omit<OpenFolder, "folder"> & { readonly log: Logger };
  readonly server: ApiServer;
  readonly consumer: Consumer;
  readonly rowAdmin: LateRowAdmin;
  readonly consoleToken: string;
  readonly lifecycle: Lifecycle;
}

/** Starts the populator and the control plane, which need each other's address. */
async function startOperation(
  { options, shared, server, consumer, rowAdmin, consoleToken, lifecycle }: OperationParts,
  configs: { readonly horizon: HorizonConfig; readonly populator: PopulatorConfig },
): Promise<{ populator: Populator; horizon: Horizon; firstAdmin: FirstAdmin | undefined }> {
  const placeOf = ({ port }: { readonly port: number }): string => addressOf(options.host, port);
  const client = createClient({
    address: placeOf(server),
    callerId: CONSOLE_CALLER,
    callerToken: consoleToken,
  });
  lifecycle.register("client", () => client.close());
  let horizonUrl: string | undefined;
  const populatorToken = newToken();
  const populator = await startPopulator(configs.populator, {
    ...shared,
    rowAdminUrl: () => horizonUrl,
    ownToken: populatorToken,
    sink: consumer.embeddedSink,
  });
  lifecycle.register("populator", () => populator.close());
  let firstAdmin: FirstAdmin | undefined;
  const horizon = await startHorizon(configs.horizon, {
    ...shared,
    rowsServed: rowsServed(server, consumer),
    ...(consumer.rowLog === undefined ? {} : { logAdmin: consumer.rowLog }),
    values: valuesOfClient(client),
    fleet: [
      { service: "api-server", url: `http://${placeOf(server)}` },
      { service: "consumer", url: `http://${placeOf(consumer)}` },
      { service: "populator", url: `http://${placeOf(populator)}` },
    ],
    populatorToken,
    onFirstAdmin: (admin) => {
      firstAdmin = admin;
    },
  });
  lifecycle.register("horizon", () => horizon.close());
  horizonUrl = `http://${placeOf(horizon)}`;
  rowAdmin.connect(placeOf(horizon));
  return { populator, horizon, firstAdmin };
}

async function loadWantedSample(
  { sample, sampleRows: maxRows }: FleetOptions,
  { signal, output }: FleetSurroundings,
  server: ApiServer,
  { address, folder, registrySource: source }: OpenFolder & { readonly address: string },
): Promise<void> {
  if (!sample || !(isEmpty(server) || folder.readSampleState() === "loading")) return;
  output.write("loading the sample:\n");
  const { registry } = server;
  await loadSample({ folder, source, registry, address, signal, output, maxRows });
}

interface OpenFolder {
  readonly folder: DataFolder;
  readonly embedded: EmbeddedEnvironment;
  readonly registrySource: EmbeddedRegistrySource;
  readonly rowRegistrySource: EmbeddedRegistrySource;
}

/** @throws {FeatureStoreError} for a folder that is in use or not ours */
function openFolder(options: FleetOptions, lifecycle: Lifecycle): OpenFolder {
  if (options.reset) DataFolder.reset(options.dataFolder);
  const folder = DataFolder.prepare(options.dataFolder);
  const lock = DataFolder.lock(folder.path);
  lifecycle.register("fleet lock", () => lock.release());
  const embedded = openEmbeddedEnvironment(folder.path);
  lifecycle.register("data folder", () => embedded.close());
  const registrySource = new EmbeddedRegistrySource(embedded);
  lifecycle.register("registry source", () => registrySource.close());
  const rowRegistrySource = new EmbeddedRegistrySource(embedded, "row");
  lifecycle.register("row registry source", () => rowRegistrySource.close());
  return { folder, embedded, registrySource, rowRegistrySource };
}

/** For one start of this process, and never written. */
function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

function consoleReader(token: string): Reader {
  const sha256 = createHash("sha256").update(token).digest();
  return {
    callerId: CONSOLE_CALLER,
    credentials: [{ sha256, untilSeconds: undefined }],
    isRevoked: false,
    entities: undefined,
    mayRead: true,
    mayWrite: false,
  };
}

function isEmpty(server: ApiServer): boolean {
  const snapshot = server.registry.snapshot();
  return snapshot === undefined || snapshot.entities.size + snapshot.disabledEntities.size === 0;
}

function hasSample(snapshot: Snapshot | undefined): boolean {
  if (snapshot === undefined || !snapshot.readers.has(SAMPLE_CALLER)) return false;
  return ["movie", "route"].every((entity) => snapshot.entities.has(entity));
}

/** Where clients on this machine find a server that listens on `host`. */
export function addressOf(host: string, port: number): string {
  if (host === "0.0.0.0" || host === "::") return `127.0.0.1:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether only programs on this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}
