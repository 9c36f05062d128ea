import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { signIn } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 120_000;
const FEATURE_COUNT = 10_000;
const API = "**/api/v1/online-feature-store";

let console_: Console;
let page: Page;

beforeAll(async () => {
  console_ = await startConsole();
  page = await console_.open();
  await page.goto("/login");
  await signIn(page, console_.admin.email, console_.admin.madePassword ?? "");
  await page.getByRole("heading", { name: "Home" }).waitFor();
}, START_MS);

afterAll(() => console_.close());

it(
  "says that a list is empty, that it could not be loaded, and loads it on demand",
  async () => {
    await page.goto("/stores");
    await page.getByText("No stores yet").waitFor();
    let isBroken = true;
    await page.route(`${API}/get-store`, (route) =>
      isBroken
        ? route.fulfill({ status: 409, json: { error: "the registry is asleep" } })
        : route.continue(),
    );
    await page.reload();
    await page.getByRole("alert").getByText("the registry is asleep").waitFor();
    isBroken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("No stores yet").waitFor();
    await page.unroute(`${API}/get-store`);
  },
  STORY_MS,
);

it(
  "keeps what was typed when a request cannot be sent, and sends it once afterwards",
  async () => {
    const keys: (string | undefined)[] = [];
    let isBroken = true;
    await page.route(`${API}/register-store`, async (route) => {
      keys.push(route.request().headers()["idempotency-key"]);
      if (!isBroken) return route.continue();
      // The request arrives, and its answer is lost.
      await route.fetch();
      return route.abort();
    });
    await page.goto("/requests/new/store");
    await page.getByRole("textbox", { name: "Table", exact: true }).fill("features");
    await page.getByRole("combobox", { name: "Primary keys" }).fill("id");
    await page.keyboard.press("Enter");
    await page.getByText("This change can be made").waitFor();
    await page.getByRole("button", { name: "Send for approval" }).click();
    await page.getByText("Nothing of what you typed is lost").waitFor();
    isBroken = false;
    await page.getByRole("button", { name: "Send for approval" }).click();
    await page.getByRole("heading", { name: "1 · table features" }).waitFor();
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    await page.goto("/requests");
    await page.getByText("1–1 of 1").waitFor();
  },
  STORY_MS,
);

it(
  "pages and filters ten thousand features",
  async () => {
    const all = Array.from({ length: FEATURE_COUNT }, (_, at) => `feature_${at}`);
    const same = (value: unknown) => all.map(() => value);
    const version = {
      labels: all.join(","),
      "default-values": same("0"),
      "source-base-paths": same(""),
      "source-data-columns": same(""),
      "storage-providers": same(""),
      "string-lengths": same(0),
      "vector-lengths": same(0),
    };
    const group = {
      "entity-label": "big",
      "feature-group-label": "wide",
      id: 0,
      "active-version": "1",
      features: { "1": version },
      "store-id": "1",
      "data-type": "DataTypeFP32",
      "ttl-in-seconds": 0,
      "job-id": "job",
      "in-memory-cache-enabled": false,
      "distributed-cache-enabled": false,
      "layout-version": 1,
    };
    await page.route(`${API}/retrieve-feature-groups?*`, (route) =>
      route.fulfill({ json: [group] }),
    );
    await page.goto("/discovery/big/wide");
    await page.getByText("1–25 of 10,000").waitFor();
    expect(await page.getByRole("row").count()).toBe(26);
    await page.getByRole("searchbox", { name: /Filter by label/ }).fill("feature_9999");
    await page.getByRole("button", { name: "feature_9999" }).waitFor();
    await page.getByText("1–1 of 1").waitFor();
  },
  STORY_MS,
);

it(
  "is used with the keyboard alone, and says what each field and button is",
  async () => {
    await page.goto("/discovery");
    await page.getByRole("heading", { name: "Discovery" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("content");
    for (const path of ["/requests/new/entity", "/requests/new/store", "/audit", "/admin/users"]) {
      await page.goto(path);
      await page.waitForLoadState("networkidle");
      const nameless =
        await page.evaluate(`[...document.querySelectorAll("input, button, select, textarea")]
      .filter((each) => each.type !== "hidden" && !each.labels?.length && !each.textContent.trim())
      .filter((each) => !each.getAttribute("aria-label") && !each.getAttribute("aria-labelledby"))
      .filter((each) => each.tabIndex >= 0)
      .map((each) => each.outerHTML.slice(0, 200))`);
      expect({ path, nameless }).toEqual({ path, nameless: [] });
    }
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "goes to the login when the session has ended, and back",
  async () => {
    await page.goto("/jobs");
    await page.getByRole("heading", { name: "Jobs and tokens" }).waitFor();
    await page.context().clearCookies();
    await page.getByRole("tab", { name: "Clients" }).click();
    await page.waitForURL("**/login?next=*");
    await signIn(page, console_.admin.email, console_.admin.madePassword ?? "");
    await page.getByRole("heading", { name: "Jobs and tokens" }).waitFor();
  },
  STORY_MS,
);
