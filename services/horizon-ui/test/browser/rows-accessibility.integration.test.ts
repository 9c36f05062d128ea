import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRoutes, expectNoViolations } from "./support/axe.ts";
import type { WindowOptions } from "./support/browser.ts";
import { type Console, startConsole } from "./support/console.ts";
import { type InterruptedCreation, interruptEntity } from "./support/interrupted.ts";
import { Keyboard } from "./support/keyboard.ts";
import { Operator } from "./support/operator.ts";
import { fillRows, rowEntityBody } from "./support/row-seeds.ts";
import { fillControlPlane } from "./support/sample-data.ts";
import { enter } from "./support/steps.ts";

const START_MS = 180_000;
const ROUTES_MS = 300_000;
const STORY_MS = 240_000;
const GROUP = "/rows/groups/player_stats";

const PATHS = [
  "/discovery",
  "/search?q=player",
  "/search?q=nothing-of-this-name",
  "/rows/entities/players",
  "/rows/entities/waiting",
  "/rows/entities/nobody",
  GROUP,
  `${GROUP}?version=v1`,
  `${GROUP}?tab=versions`,
  `${GROUP}?tab=runs`,
  `${GROUP}?tab=code`,
  "/rows/groups/nobody",
  "/rows/new/entity",
  "/rows/new/group?entity=players",
  "/rows/new/version?group=player_stats",
  "/rows/tenants",
  "/rows/tenants?tab=consumers",
  "/rows/tenants?tab=populators",
  "/rows/tenants?tab=topics",
];

/** One of each kind: the others are made of the same parts. */
const PHONE_PATHS = [
  "/discovery",
  "/search?q=player",
  "/rows/entities/waiting",
  `${GROUP}?tab=versions`,
  `${GROUP}?tab=runs`,
  "/rows/new/version?group=player_stats",
  "/rows/tenants?tab=consumers",
];

const PHONE = { width: 390, height: 844 };
const WINDOWS: readonly (readonly [string, WindowOptions, readonly string[]])[] = [
  ["light and wide", { colorScheme: "light" }, PATHS],
  ["dark on a phone", { colorScheme: "dark", viewport: PHONE }, PHONE_PATHS],
];

let console_: Console;
let waiting: InterruptedCreation;

beforeAll(async () => {
  console_ = await startConsole({ env: { ROW_ENABLED: "true" } });
  const { email, madePassword = "" } = console_.admin;
  await fillControlPlane(await Operator.signIn(console_.origin, email, madePassword));
  await fillRows(console_.origin);
  waiting = await interruptEntity(console_.dataFolder, rowEntityBody("waiting"));
}, START_MS);

afterAll(async () => {
  await waiting.close();
  await console_.close();
});

async function openSignedIn(options: WindowOptions): Promise<Page> {
  const page = await console_.open({ ...options, reducedMotion: "reduce" });
  await enter(page, console_.admin.email, console_.admin.madePassword ?? "");
  return page;
}

describe.each(WINDOWS)("%s", (_, options, paths) => {
  it(
    "has pages of the row dialect without violations of WCAG 2.1 A and AA",
    async () => {
      const page = await openSignedIn(options);
      await checkRoutes(page, paths);
      await checkStates(page);
      expect(console_.faults).toEqual([]);
    },
    ROUTES_MS,
  );
});

/** What pages look like only after somebody has done something. */
async function checkStates(page: Page): Promise<void> {
  await page.goto("/rows/new/group?entity=players");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText(/problems to be solved/).waitFor();
  await expectNoViolations(page, "a creation with problems");
  await page.getByRole("combobox", { name: "Type of column 1" }).click();
  await page.getByRole("option", { name: /^BIGINT/ }).waitFor();
  await expectNoViolations(page, "the list of types");

  await page.goto(GROUP);
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByRole("menuitem", { name: /^Move/ }).click();
  await page.getByRole("textbox", { name: "Reads from" }).fill("games");
  await expectNoViolations(page, "the dialog for moving");

  await page.goto("/rows/tenants?tab=consumers");
  await page.getByRole("button", { name: "Change the partitions of games" }).click();
  await page.getByRole("textbox", { name: "Partitions" }).fill("8");
  await page.getByText(/cannot be undone/).waitFor();
  await expectNoViolations(page, "the dialog for partitions");
}

it(
  "has no page that is wider than a phone",
  async () => {
    const phone = await openSignedIn({ viewport: PHONE });
    for (const path of ["/", GROUP, "/rows/new/entity", "/rows/tenants", ...PHONE_PATHS]) {
      await phone.goto(path);
      await phone.getByRole("heading", { level: 1 }).waitFor();
      await phone.waitForLoadState("networkidle");
      const excess = await phone.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect.soft({ path, excess }).toEqual({ path, excess: 0 });
    }
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "is used with the keyboard alone: make an entity, add a feature group, move it",
  async () => {
    const page = await openSignedIn({});
    const keyboard = new Keyboard(page);
    const pick = async (name: RegExp, text: string): Promise<void> => {
      await keyboard.type(name, text);
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
    };
    await page.goto("/discovery");
    await page.getByRole("button", { name: "New entity" }).waitFor();
    await keyboard.press(/^New entity$/);
    await expect.poll(() => keyboard.focused()).toMatch(/^Block dialect/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "New entity", level: 1 }).waitFor();
    await keyboard.type(/^Name \*$|^Name$/, "teams");
    await keyboard.type(/^Name of column 1$/, "team_id");
    await pick(/^Type of column 1$/, "UUID");
    await pick(/^Primary keys, in order/, "team");
    await page.keyboard.press("Escape");
    await page.getByText("This can be made").waitFor();
    await keyboard.press(/^Create$/);
    await page.getByRole("heading", { name: "teams", level: 1 }).waitFor();

    await keyboard.press(/^New feature group$/);
    await page.getByRole("heading", { name: "New feature group", level: 1 }).waitFor();
    await keyboard.type(/^Name \*$|^Name$/, "team_form");
    await keyboard.type(/^Name of column 1$/, "form");
    await pick(/^Type of column 1$/, "FLOAT");
    await page.getByText("This can be made").waitFor();
    await keyboard.press(/^Create$/);
    await page.getByRole("heading", { name: "team_form", level: 1 }).waitFor();

    await keyboard.press(/^Change$/);
    await expect.poll(() => keyboard.focused()).toMatch(/^Time to live/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Move team_form/ }).waitFor();
    await keyboard.tabTo(/^Writes to$/);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("games");
    await page.keyboard.press("Enter");
    await page.getByText(/writes games/).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
