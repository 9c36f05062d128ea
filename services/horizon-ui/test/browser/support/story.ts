import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { waitUntil } from "@ofs/testkit";
import type { Page } from "playwright-core";
import { type Deployment, SOURCE_OPTIONS } from "./fleet.ts";
import { PACKAGE } from "./pages.ts";
import { approve, choose, sendForApproval, signIn, takeToken } from "./steps.ts";

const run = promisify(execFile);

/** Until a running api-server has heard of a change. */
const PROPAGATION_MS = 60_000;
const SNIPPET_MS = 60_000;
/** More than the time to live that the story's group ends with. */
const EXPIRY_POLL_MS = 1_500;

/** Who asks for code on the page, and with which token it is run. */
interface Caller {
  readonly id: string;
  readonly token: string;
}

/**
 * One person's way from signing in to a value on the screen, and past its expiry: a store, a job, a client, an entity and a
 * group are asked for and approved; the code of the page writes, the value browser shows.
 */
export async function tellStory(page: Page, deployment: Deployment): Promise<void> {
  const { admin } = deployment;
  await page.goto("/");
  await page.waitForURL("**/login?next=*");
  await signIn(page, admin.email, admin.password);
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
  const caller = await askForEverything(page);
  await write(page, deployment, caller);

  await lookUp(page, "42");
  await page.getByRole("row", { name: /^amount 0\.5 stored/ }).waitFor();
  await lookUp(page, "43");
  await page.getByRole("row", { name: /^amount 0 default/ }).waitFor();
  await page.getByRole("row", { name: /^discount 1 default/ }).waitFor();

  await page.goto("/discovery/item/price");
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("menuitem", { name: "Edit the group" }).click();
  await page.getByLabel("Time to live").fill("1");
  await sendForApproval(page);
  await approve(page);
  await waitForExpiry(page, () => write(page, deployment, caller));
}

async function askForEverything(page: Page): Promise<Caller> {
  await askForStoreAndJob(page);
  const token = await askForClient(page);

  await page.goto("/requests/new/entity");
  await page.getByRole("textbox", { name: "Label", exact: true }).fill("item");
  await page.getByRole("textbox", { name: "Name of key 1" }).fill("item_id");
  await sendForApproval(page);
  await approve(page);

  await page.goto("/requests/new/feature-group?entity=item");
  await page.getByRole("textbox", { name: "Label", exact: true }).first().fill("price");
  await choose(page, "Store", /: items \(/);
  await choose(page, "Writer job", "pricing");
  await page.getByLabel("Time to live").fill("86400");
  await fillFeature(page, 1, "amount", "0");
  await page.getByRole("button", { name: "Add a feature" }).click();
  await fillFeature(page, 2, "discount", "1");
  await sendForApproval(page);
  await approve(page);
  return { id: "shop", token };
}

async function askForStoreAndJob(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Requests", exact: true }).click();
  await page.getByRole("link", { name: "New request" }).click();
  await page.getByRole("link", { name: "Register a store" }).click();
  await page.getByRole("textbox", { name: "Table", exact: true }).fill("items");
  await page.getByRole("combobox", { name: "Primary keys" }).fill("item_id");
  await page.keyboard.press("Enter");
  await sendForApproval(page);
  await approve(page);

  await page.goto("/requests/new/job");
  await page.getByRole("textbox", { name: "Id", exact: true }).fill("pricing");
  await sendForApproval(page);
  await takeToken(page);
  await approve(page);
}

/** @returns the token that was made */
async function askForClient(page: Page): Promise<string> {
  await page.goto("/requests/new/job?type=reader");
  await page.getByRole("textbox", { name: "Id", exact: true }).fill("shop");
  await sendForApproval(page);
  const token = await takeToken(page);
  await approve(page);
  return token;
}

async function fillFeature(page: Page, number: number, label: string, value: string) {
  await page
    .getByRole("group", { name: `feature ${number}`, exact: true })
    .getByLabel("Label")
    .fill(label);
  await page.getByRole("group", { name: label, exact: true }).getByLabel("Default").fill(value);
}

/** Runs the code that the page shows for writing. */
async function write(page: Page, { address }: Deployment, caller: Caller): Promise<void> {
  await page.goto("/connect?entity=item&group=price");
  await page.getByLabel("Address of the feature store").fill(address);
  await page.getByLabel("Id of your client").fill(caller.id);
  await page.getByRole("tab", { name: "TypeScript" }).click();
  const code = (await page.getByLabel("Write with TypeScript").textContent()) ?? "";
  await waitUntil(() => writes(code, caller.token), {
    what: "the api-server to know the client and the group",
    timeoutMs: PROPAGATION_MS,
    intervalMs: 500,
  });
}

/** @returns whether the code did what it says; false while the api-server does not know all of it yet */
async function writes(code: string, token: string): Promise<boolean> {
  const args = [...SOURCE_OPTIONS, "--input-type=module", "--eval", code];
  const env = { ...process.env, OFS_TOKEN: token };
  try {
    await run(process.execPath, args, { cwd: PACKAGE, env, timeout: SNIPPET_MS });
    return true;
  } catch (error) {
    if (/UNAUTHENTICATED|NOT_FOUND|PERMISSION_DENIED/.test(String(error))) return false;
    throw error;
  }
}

async function lookUp(page: Page, key: string): Promise<void> {
  await page.goto("/values");
  await choose(page, "Entity", "item");
  await choose(page, "Feature group", "price");
  await page.getByLabel("item_id").fill(key);
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByRole("heading", { name: `Values of item_id=${key}` }).waitFor();
}

/** Writes and looks again, until a look comes late enough: the first write may be older than the change. */
async function waitForExpiry(page: Page, writeAgain: () => Promise<void>): Promise<void> {
  await waitUntil(
    async () => {
      await lookUp(page, "42");
      if (await page.getByRole("row", { name: /^amount 0 default/ }).isVisible()) return true;
      await writeAgain();
      return false;
    },
    { what: "a value to expire", timeoutMs: PROPAGATION_MS, intervalMs: EXPIRY_POLL_MS },
  );
}
