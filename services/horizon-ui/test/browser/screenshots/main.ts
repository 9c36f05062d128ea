import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { WindowOptions } from "../support/browser.ts";
import { type EmbeddedFleet, startEmbeddedFleet } from "../support/fleet.ts";
import { PACKAGE } from "../support/pages.ts";
import { enter } from "../support/steps.ts";
import { fillFleet, keepReading } from "./fill-fleet.ts";
import { INSIDE, OUTSIDE, type Picture } from "./pictures.ts";

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

// A picture of every page of a fleet that looks used. With `--docs`, those of the documentation are made anew, too.
const isForDocs = process.argv.includes("--docs");
const fleet = await startEmbeddedFleet();
try {
  await fillFleet(fleet);
  const stopReading = keepReading(fleet.address);
  mkdirSync(FOLDER, { recursive: true });
  for (const look of ["light", "dark", "phone"] as const) await takeAll(fleet, look);
  await stopReading();
  process.stdout.write(`pictures are in ${FOLDER}\n`);
} finally {
  await fleet.close();
}

async function takeAll(from: EmbeddedFleet, look: keyof typeof LOOKS): Promise<void> {
  const page = await from.open({ ...LOOKS[look], reducedMotion: "reduce" });
  const isWanted = (picture: Picture): boolean => (picture.look ?? "light") === look;
  for (const picture of OUTSIDE.filter(isWanted)) await take(page, picture);
  await enter(page, from.admin.email, from.admin.password);
  for (const picture of INSIDE.filter(isWanted)) await take(page, picture);
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
