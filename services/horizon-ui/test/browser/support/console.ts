import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FirstAdmin, loadConfig, startHorizon } from "@ofs/horizon";
import { createLogger } from "@ofs/platform";
import { findChromium, runCommand, stderrLog } from "@ofs/testkit";
import { type Browser, chromium, type Page } from "playwright-core";
import { Registry } from "prom-client";

const PACKAGE = join(import.meta.dirname, "../../..");
const READY_MS = 20_000;
/** On a busy machine a page may take its time. */
const ACTION_MS = 40_000;

/** A browser in front of a control plane of its own. */
export interface Console {
  readonly origin: string;
  readonly admin: FirstAdmin;
  /** A new window, signed out. */
  open(viewport?: { readonly width: number; readonly height: number }): Promise<Page>;
  /** What went wrong in pages: scripts that threw, calls to other hosts, violations of the policy. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** Builds the pages, and starts a control plane on an empty folder that serves them. */
export async function startConsole(): Promise<Console> {
  const folder = mkdtempSync(join(tmpdir(), "ofs-horizon-ui-"));
  const pages = join(folder, "pages");
  await buildPages(pages);
  let admin: FirstAdmin | undefined;
  const config = loadConfig({
    OFS_DATA_FOLDER: join(folder, "data"),
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    HORIZON_UI_FOLDER: pages,
    IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "3",
    DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: "2",
  });
  const horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: (made) => {
      admin = made;
    },
  });
  await horizon.waitUntilReady(READY_MS);
  if (admin === undefined) throw new Error("no first administrator was made");
  const browser = await launch();
  const origin = `http://127.0.0.1:${horizon.port}`;
  const faults: string[] = [];
  return {
    origin,
    admin,
    faults,
    async open(viewport = { width: 1280, height: 860 }) {
      const context = await browser.newContext({ viewport, baseURL: origin });
      context.setDefaultTimeout(ACTION_MS);
      const page = await context.newPage();
      watch(page, origin, faults);
      return page;
    },
    async close() {
      await browser.close();
      await horizon.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** As they are shipped: in this process `NODE_ENV` is `test`, and the build would be one for development. */
async function buildPages(folder: string): Promise<void> {
  const bundler = join(PACKAGE, "node_modules/vite/bin/vite.js");
  const env = { ...process.env, NODE_ENV: "production" };
  await runCommand(process.execPath, [bundler, "build", "--outDir", folder], { cwd: PACKAGE, env });
}

async function launch(): Promise<Browser> {
  const { path, env } = await findChromium(stderrLog);
  return chromium.launch({
    executablePath: path,
    env: Object.fromEntries(Object.entries(env).filter((entry) => entry[1] !== undefined)),
    // Root, as in many a CI, has no sandbox; the pages are our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

function watch(page: Page, origin: string, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // Refusals are shown in the page, and tested there.
    const isRefusal = text.startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) faults.push(`console: ${text}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) faults.push(`foreign call: ${request.url()}`);
  });
}
