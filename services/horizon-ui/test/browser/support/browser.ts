import { findChromium, stderrLog } from "@ofs/testkit";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** On a busy machine a page may take its time. */
const ACTION_MS = 40_000;
const WIDE = { width: 1280, height: 860 };

export type WindowOptions = Pick<
  BrowserContextOptions,
  "viewport" | "colorScheme" | "deviceScaleFactor" | "reducedMotion"
>;

/** A browser in front of one control plane. */
export interface TestBrowser {
  /** A new window, signed out. */
  open(options?: WindowOptions): Promise<Page>;
  /** What went wrong in pages: scripts that threw, calls to other hosts, violations of the policy. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** @param origin of the pages: calls to others are faults */
export async function openBrowser(origin: string): Promise<TestBrowser> {
  const { path, env } = await findChromium(stderrLog);
  const browser = await chromium.launch({
    executablePath: path,
    env: Object.fromEntries(Object.entries(env).filter((entry) => entry[1] !== undefined)),
    // Root, as in many a CI, has no sandbox; the pages are our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  const faults: string[] = [];
  return {
    faults,
    async open(options = {}) {
      const context = await browser.newContext({ viewport: WIDE, baseURL: origin, ...options });
      context.setDefaultTimeout(ACTION_MS);
      const page = await context.newPage();
      watch(page, origin, faults);
      return page;
    },
    close: () => browser.close(),
  };
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
