import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FirstAdmin, loadConfig, startHorizon, type ValueReader } from "@ofs/horizon";
import { EmbeddedLog, EmbeddedLogAdmin } from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { Registry } from "prom-client";
import { openBrowser, type TestBrowser } from "./browser.ts";
import { buildPages } from "./pages.ts";

const READY_MS = 20_000;

/** A browser in front of a control plane of its own, which runs in this process. */
export interface Console extends TestBrowser {
  readonly origin: string;
  readonly admin: FirstAdmin;
  /** The registry, for changes behind the control plane's back. */
  readonly registry: EmbeddedRegistrySource;
  /** Where it keeps everything. */
  readonly dataFolder: string;
}

export interface ConsoleOptions {
  /** Settings of the control plane beside those that it needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Stands for an api-server; undefined = values cannot be looked up. */
  readonly values?: ValueReader;
}

/** Builds the pages, and starts a control plane on an empty folder that serves them. */
export async function startConsole({ env = {}, values }: ConsoleOptions = {}): Promise<Console> {
  const folder = mkdtempSync(join(tmpdir(), "ofs-horizon-ui-"));
  const pages = join(folder, "pages");
  const data = join(folder, "data");
  await buildPages(pages);
  let admin: FirstAdmin | undefined;
  const config = loadConfig({
    OFS_DATA_FOLDER: data,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    HORIZON_UI_FOLDER: pages,
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "3",
    DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: "2",
    LOGIN_ATTEMPTS_PER_MINUTE: "1000",
    ...env,
  });
  const log = createLogger({ service: "horizon", level: "DISABLED" });
  const embedded = openEmbeddedEnvironment(data);
  const topics = await EmbeddedLog.open(join(folder, "log"), { log });
  const registry = new EmbeddedRegistrySource(embedded);
  const horizon = await startHorizon(config, {
    log,
    metrics: new Registry(),
    embedded,
    registrySource: registry,
    logAdmin: new EmbeddedLogAdmin(topics),
    ...(values === undefined ? {} : { values }),
    onFirstAdmin: (made) => {
      admin = made;
    },
  });
  await horizon.waitUntilReady(READY_MS);
  if (admin === undefined) throw new Error("no first administrator was made");
  const origin = `http://127.0.0.1:${horizon.port}`;
  const browser = await openBrowser(origin);
  return {
    ...browser,
    origin,
    admin,
    registry,
    dataFolder: data,
    async close() {
      await browser.close();
      await horizon.close();
      await registry.close();
      await embedded.close();
      await topics.close();
      rmSync(folder, { recursive: true });
    },
  };
}
