import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@ofs/testkit";
import { openBrowser, type TestBrowser } from "./browser.ts";
import { buildPages, PACKAGE } from "./pages.ts";

const SERVICES = join(PACKAGE, "..");
/** Of services that are started as processes: they run from source. */
export const SOURCE_OPTIONS: readonly string[] = ["--conditions=@ofs/source", "--import", "tsx"];
const READY_MS = 120_000;
const LAST_LINE = /^Ctrl-C stops it; the data stays\.$/m;
const ADDRESS = /serving gRPC and HTTP on (127\.0\.0\.1:\d+)/;
const ORIGIN = /the control plane answers on (http:\/\/127\.0\.0\.1:\d+)/;
const ADMIN = /administrator (\S+), password (\S+) \(shown this once\)/;

/** A control plane with servers behind it that hold values, and a browser in front. */
export interface Deployment extends TestBrowser {
  readonly origin: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** `host:port` of the feature store. */
  readonly address: string;
}

/** Folder of a service of this repository. */
export function serviceFolder(name: string): string {
  return join(SERVICES, name);
}

/** @returns what a process has told of the first administrator */
export function firstAdminIn(output: string): Deployment["admin"] {
  const [, email, password] = ADMIN.exec(output) ?? [];
  if (email === undefined || password === undefined) {
    throw new Error(`no first administrator in the output:\n${output}`);
  }
  return { email, password };
}

export interface EmbeddedFleet extends Deployment {
  /** Where it keeps everything. */
  readonly dataFolder: string;
}

/** Everything in one process, with a part of the sample, on an empty folder: what `npm start` runs. */
export async function startEmbeddedFleet(
  env: Readonly<Record<string, string>> = {},
): Promise<EmbeddedFleet> {
  const folder = mkdtempSync(join(tmpdir(), "ofs-fleet-ui-"));
  const pages = join(folder, "pages");
  const dataFolder = join(folder, "data");
  await buildPages(pages);
  const fleet = await startProcess({
    script: "src/main.ts",
    nodeOptions: SOURCE_OPTIONS,
    args: ["--data-folder", dataFolder, "--port", "0"],
    env: {
      npm_lifecycle_event: undefined,
      HORIZON_UI_FOLDER: pages,
      OFS_SAMPLE_ROWS: "40",
      LOGIN_ATTEMPTS_PER_MINUTE: "1000",
      ...env,
    },
    cwd: serviceFolder("ofs"),
    ready: { line: LAST_LINE },
    readyTimeoutMs: READY_MS,
  });
  const origin = ORIGIN.exec(fleet.output)?.[1] ?? "";
  const browser = await openBrowser(origin);
  return {
    ...browser,
    origin,
    dataFolder,
    admin: firstAdminIn(fleet.output),
    address: ADDRESS.exec(fleet.output)?.[1] ?? "",
    async close() {
      await browser.close();
      await fleet.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
