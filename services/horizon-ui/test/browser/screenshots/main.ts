import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { TestBrowser, WindowOptions } from "../support/browser.ts";
import { startConsole } from "../support/console.ts";
import { startEmbeddedFleet } from "../support/fleet.ts";
import { Operator } from "../support/operator.ts";
import { PACKAGE } from "../support/pages.ts";
import { fillRows } from "../support/row-seeds.ts";
import { fillControlPlane } from "../support/sample-data.ts";
import { enter } from "../support/steps.ts";
import { fillFleet, keepReading } from "./fill-fleet.ts";
import { INSIDE, OUTSIDE, type Picture } from "./pictures.ts";
import { ROW_PICTURES } from "./row-pictures.ts";

/** Git ignores it. */
const FOLDER = join(PACKAGE, "screenshots");
const DOCS_FOLDER = join(PACKAGE, "docs/images");
const WEBP_QUALITY = 82;
const PHONE = { width: 390, height: 844 };
const SIZE = { width: 1280, height: 800 };

const LOOKS: Readonly<Record<NonNullable<Picture["look"]> | "light", WindowOptions>> = {
  light: { viewport: SIZE, colorScheme: "light" },
  dark: { viewport: SIZE, colorScheme: "dark" },
  phone: { viewport: PHONE, colorScheme: "light", deviceScaleFactor: 2 },
};

interface Account {
  readonly email: string;
  readonly password: string;
}

/** What is taken where. */
interface Album {
  readonly from: TestBrowser;
  readonly account: Account;
  readonly outside: readonly Picture[];
  readonly inside: readonly Picture[];
}

// A picture of every page of a fleet that looks used, and of a control plane with both dialects. With `--docs`, those of the
// documentation are made anew, too; with `--rows`, those of the row dialect only.
const isForDocs = process.argv.includes("--docs");
mkdirSync(FOLDER, { recursive: true });
if (!process.argv.includes("--rows")) await takeFleet();
await takeRows();
process.stdout.write(`pictures are in ${FOLDER}\n`);

async function takeFleet(): Promise<void> {
  const fleet = await startEmbeddedFleet();
  try {
    await fillFleet(fleet);
    const stopReading = keepReading(fleet.address);
    await takeAll({ from: fleet, account: fleet.admin, outside: OUTSIDE, inside: INSIDE });
    await stopReading();
  } finally {
    await fleet.close();
  }
}

async function takeRows(): Promise<void> {
  const console_ = await startConsole({ env: { ROW_ENABLED: "true" } });
  try {
    const { email, madePassword: password = "" } = console_.admin;
    await fillControlPlane(await Operator.signIn(console_.origin, email, password));
    await fillRows(console_.origin);
    const account = { email, password };
    await takeAll({ from: console_, account, outside: [], inside: ROW_PICTURES });
  } finally {
    await console_.close();
  }
}

async function takeAll(album: Album): Promise<void> {
  for (const look of ["light", "dark", "phone"] as const) await takeLook(album, look);
}

async function takeLook(album: Album, look: keyof typeof LOOKS): Promise<void> {
  const { from, account, outside, inside } = album;
  const page = await from.open({ ...LOOKS[look], reducedMotion: "reduce" });
  const isWanted = (picture: Picture): boolean => (picture.look ?? "light") === look;
  for (const picture of outside.filter(isWanted)) await take(page, picture);
  await enter(page, account.email, account.password);
  for (const picture of inside.filter(isWanted)) await take(page, picture);
  await page.context().close();
}

async function take(page: Page, { name, path, prepare, isInDocs }: Picture): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await prepare?.(page);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
  if (isForDocs && isInDocs === true) await takeForDocs(page, name);
}

/** WebP is a third of the size; the driver's own function does not know it. */
async function takeForDocs(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const options = { format: "webp", quality: WEBP_QUALITY } as const;
  const { data } = await session.send("Page.captureScreenshot", options);
  mkdirSync(DOCS_FOLDER, { recursive: true });
  writeFileSync(join(DOCS_FOLDER, `${name}.webp`), Buffer.from(data, "base64"));
}
