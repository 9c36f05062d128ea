import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { interruptEntity } from "./support/interrupted.ts";
import { Operator, PASSWORD } from "./support/operator.ts";
import { fillRows, rowEntityBody } from "./support/row-seeds.ts";
import { fillControlPlane } from "./support/sample-data.ts";
import { choose, enter } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 180_000;

let console_: Console;
let admin: Operator;
let page: Page;

beforeAll(async () => {
  const env = { ROW_ENABLED: "true", HORIZON_RECONCILE_INTERVAL_MS: "300" };
  console_ = await startConsole({ env });
  const { email, madePassword = "" } = console_.admin;
  admin = await Operator.signIn(console_.origin, email, madePassword);
  await fillControlPlane(admin);
  await fillRows(console_.origin);
  page = await console_.open({ reducedMotion: "reduce" });
  await enter(page, email, madePassword);
}, START_MS);

afterAll(() => console_.close());

async function addColumn(number: number, name: string, type: string): Promise<void> {
  await page.getByRole("textbox", { name: `Name of column ${number}` }).fill(name);
  await choose(page, `Type of column ${number}`, new RegExp(`^${type} `));
}

it(
  "leads from an empty form to a feature group of two versions, and compares them",
  async () => {
    await page.goto("/discovery");
    await page.getByRole("button", { name: "New entity" }).click();
    await page.getByRole("menuitem", { name: /^Row dialect/ }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("contests");
    await addColumn(1, "contest_id", "BIGINT");
    await page.getByRole("button", { name: "Add a column" }).click();
    await addColumn(2, "day", "TIMESTAMP");
    await choose(page, "Primary keys, in order", "contest_id");
    await page.getByRole("option", { name: "day", exact: true }).click();
    await page.keyboard.press("Escape");
    await page.getByLabel("Time to live").fill("86400");
    await page.getByText("This can be made").waitFor();
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "contests", level: 1 }).waitFor();
    await page.getByRole("cell", { name: "clustering key" }).waitFor();
    await page.getByText("1 day", { exact: true }).waitFor();

    await page.getByRole("link", { name: "New feature group" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("prizes");
    await page.getByRole("button", { name: "Paste many" }).click();
    const lines = "winners;int;How many win\npool;decimal";
    await page.getByRole("textbox", { name: "Lines" }).fill(lines);
    await page.getByRole("button", { name: "Add 2 columns" }).click();
    await page.getByText("version: v1").waitFor();
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "prizes", level: 1 }).waitFor();
    await page.getByRole("cell", { name: "prizes__v1__winners int" }).waitFor();

    await page.getByRole("link", { name: "New version" }).click();
    await page.getByText("They have the same columns.").waitFor();
    await choose(page, "Type of column 1", /^BIGINT /);
    await page.getByRole("button", { name: "Remove column pool" }).click();
    await page.getByText("version: v2").waitFor();
    await page.getByText("Removed", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("v2 is live").waitFor();
    await page.getByRole("cell", { name: "prizes__v2__winners bigint" }).waitFor();
    await page.getByRole("tab", { name: "Versions" }).click();
    await page.getByText(/INT, “How many win” → BIGINT/).waitFor();
    await page.getByRole("link", { name: "v1", exact: true }).click();
    await page.getByRole("cell", { name: "prizes__v1__pool decimal" }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "shows at the field what the server says of it, keeps what was typed, and makes nothing",
  async () => {
    await page.goto("/rows/new/group?entity=players");
    const name = page.getByRole("textbox", { name: "Name", exact: true });
    await name.fill("player_stats");
    await addColumn(1, "country", "TEXT");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText(/2 problems to be solved/).waitFor();
    expect(await name.getAttribute("aria-invalid")).toBe("true");
    const column = page.getByRole("textbox", { name: "Name of column 1" });
    expect(await column.getAttribute("aria-invalid")).toBe("true");
    await page.getByText("the entity has a column country already").first().waitFor();
    await page.reload();
    await page.getByText("What you typed earlier is still here.").waitFor();
    expect(await column.inputValue()).toBe("country");
    await name.fill("player_origin");
    await column.fill("birth_country");
    await page.getByText("This can be made").waitFor();
    // Somebody is quicker: the server's refusal is shown as it is.
    await page.route("**/feature-group?upgrade=false", (route) =>
      route.fulfill({
        status: 400,
        json: { error: { message: "feature group already exists", cause: "", code: "X" } },
      }),
    );
    await page.getByRole("button", { name: "Create" }).click();
    await page
      .getByRole("alert")
      .getByText(/feature group already exists/)
      .waitFor();
    expect(await column.inputValue()).toBe("birth_country");
    await page.unroute("**/feature-group?upgrade=false");
    await page.getByRole("button", { name: "Start anew" }).click();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "shows what is pending, and that it is live as soon as it is",
  async () => {
    const body = rowEntityBody("left_behind");
    const creation = await interruptEntity(console_.dataFolder, body);
    await page.goto("/discovery");
    const notice = page.getByRole("status").filter({ hasText: "left_behind" });
    await notice.getByText("Pending").waitFor();
    await page.goto("/rows/entities/left_behind");
    await notice.getByText(/are being made in the clusters/).waitFor();
    await creation.release();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("cell", { name: "partition key" }).waitFor();
    expect(await notice.count()).toBe(0);
    await creation.close();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "lists and finds both dialects together, each with its badge",
  async () => {
    await page.goto("/");
    await page.getByText(/^\d+ entit(y|ies), \d+ feature groups$/).waitFor();
    await page.goto("/discovery");
    await page.getByRole("row", { name: /^user block/ }).waitFor();
    await page.getByRole("row", { name: /^players row user_id, season/ }).waitFor();
    await page.getByText("Block", { exact: true }).click();
    await page.getByRole("row", { name: /^players/ }).waitFor({ state: "detached" });
    await page.getByText("Both", { exact: true }).click();
    await page.getByLabel("Filter by name, key, column, owner or tag").fill("badge losses");
    await page.getByRole("row", { name: /^user block/ }).waitFor({ state: "detached" });
    await page.goto("/search?q=ctr_7d");
    await page.getByRole("link", { name: "ctr_7d", exact: true }).waitFor();
    await page.goto("/search?q=losses");
    await page.getByText("players/player_stats/losses").waitFor();
    await page.getByRole("link", { name: "losses" }).click();
    await page.getByRole("heading", { name: "player_stats", level: 1 }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "shows runs as a picture and as a table, and code that names the group",
  async () => {
    await page.goto("/rows/groups/player_stats?tab=runs");
    const picture = page.getByRole("img", { name: /^Rows by run/ });
    await picture.waitFor();
    expect(await picture.getAttribute("aria-label")).toMatch(/180,000; .*1,200 failed; .*214,000/);
    await page.getByRole("row", { name: /run-2 .* Failed 1,200 9 the source was away/ }).waitFor();
    await page.getByLabel("Sample rows").getByText('"wins": 12').waitFor();
    await page.getByRole("tab", { name: "Code to use it" }).click();
    const code = await page.getByLabel("Write with curl").textContent();
    expect(code).toContain('"featureGroupName": "player_stats"');
    await page.goto("/rows/groups/player_form?tab=code");
    await page.getByRole("tab", { name: "Kafka" }).click();
    await page.getByLabel("Write with Kafka").getByText("-t 'rows.games'").waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "changes TTL and state after it has said what that does",
  async () => {
    await page.goto("/rows/groups/player_stats");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("menuitem", { name: /^Time to live/ }).click();
    const ttl = page.getByRole("dialog", { name: "Time to live of players" });
    await ttl.getByLabel("Time to live").fill("999999999999");
    await ttl.getByText(/all feature groups of players/).waitFor();
    await ttl.getByRole("button", { name: "Change" }).click();
    await ttl.getByText(/0 to 630720000 seconds/).waitFor();
    await ttl.getByLabel("Time to live").fill("172800");
    await ttl.getByRole("button", { name: "Change" }).click();
    await ttl.waitFor({ state: "detached" });
    await page.getByText("2 days", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("menuitem", { name: /^Archive v3/ }).click();
    const archive = page.getByRole("dialog", { name: /^Archive/ });
    await archive.getByText(/Reads and writes of player_stats v3 are refused/).waitFor();
    await archive.getByRole("button", { name: "Archive" }).click();
    await page.getByText("v3 is archived", { exact: true }).waitFor();

    await page.goto("/rows/entities/players");
    await page.getByRole("button", { name: "Archive…" }).click();
    const refused = page.getByRole("dialog", { name: "Archive players" });
    await refused.getByRole("button", { name: "Archive", exact: true }).click();
    await refused.getByText("entity has feature groups associated with it").waitFor();
    await refused.getByRole("button", { name: "Cancel" }).click();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "hides changes from those who may not make them, and all of it where the dialect is off",
  async () => {
    const author = { email: "aron@example.org", firstName: "Aron", lastName: "E" } as const;
    await admin.addUser({ ...author, role: "author" });
    const other = await console_.open();
    await enter(other, author.email, PASSWORD);
    for (const path of ["/rows/groups/player_stats", "/rows/entities/players", "/rows/tenants"]) {
      await other.goto(path);
      await other.getByRole("heading", { level: 1 }).waitFor();
      await other.waitForLoadState("networkidle");
      const main = other.getByRole("main");
      expect(await main.getByRole("button", { name: /Change|Archive|Move/ }).count()).toBe(0);
      expect(await main.getByRole("link", { name: /^New/ }).count()).toBe(0);
    }
    await other.goto("/rows/new/entity");
    await other.getByText("Only approvers and administrators make these").waitFor();
    await other.route("**/api/v1/horizon/dialects", (route) =>
      route.fulfill({ json: { block: true, row: false } }),
    );
    await other.goto("/rows/tenants");
    await other.getByText("The row dialect is not served here").waitFor();
    await other.goto("/discovery");
    await other.getByRole("columnheader", { name: "In-process cache" }).waitFor();
    const menu = other.getByRole("navigation", { name: "Main" });
    expect(await menu.getByRole("link", { name: "Tenants and topics" }).count()).toBe(0);
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
