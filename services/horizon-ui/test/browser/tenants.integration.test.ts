import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { Operator, PASSWORD } from "./support/operator.ts";
import { fillRows } from "./support/row-seeds.ts";
import { enter } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 120_000;

/** Runs in the page: a change with the session's own token against forgery. @returns the status */
const CHANGE_COUNT = `(async () => {
  const csrf = /ofs_csrf=([^;]*)/.exec(document.cookie)[1];
  const headers = { "x-csrf-token": decodeURIComponent(csrf) };
  const body = JSON.stringify({ tenantName: "games", numConsumers: 1 });
  return (await fetch("/consumer/count", { method: "PUT", headers, body })).status;
})()`;

let console_: Console;
let admin: Operator;
let page: Page;

beforeAll(async () => {
  // Then the endpoints are open to nobody: the pages call them as whoever is signed in.
  const env = { ROW_ENABLED: "true", ROW_AUTH_ENABLED: "true" };
  console_ = await startConsole({ env });
  const { email, madePassword = "" } = console_.admin;
  admin = await Operator.signIn(console_.origin, email, madePassword);
  await fillRows(console_.origin, admin.token);
  page = await console_.open({ reducedMotion: "reduce" });
  await enter(page, email, madePassword);
}, START_MS);

afterAll(() => console_.close());

it(
  "moves one feature group, and all of a tenant, once it was said what that does",
  async () => {
    await page.goto("/rows/groups/player_stats");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("menuitem", { name: /^Move/ }).click();
    const move = page.getByRole("dialog", { name: "Move player_stats to other tenants" });
    const button = move.getByRole("button", { name: "Move" });
    expect(await button.isDisabled()).toBe(true);
    await move.getByRole("textbox", { name: "Reads from" }).fill("no blanks");
    await button.click();
    await move.getByText(/letters, digits, _ and - only/).waitFor();
    await move.getByRole("textbox", { name: "Reads from" }).fill("games");
    await move.getByText(/no data is copied/).waitFor();
    await button.click();
    await move.waitFor({ state: "detached" });
    await page.getByText("reads games, writes default-tenant, topic default-tenant").waitFor();

    await page.goto("/rows/tenants");
    await page.getByRole("button", { name: "Move all of games" }).click();
    const all = page.getByRole("dialog", { name: "Move all of games" });
    await all.getByRole("textbox", { name: "To tenant" }).fill("default-tenant");
    await all.getByText("1 feature group: player_stats. All versions of them move.").waitFor();
    await all.getByRole("button", { name: "Move all" }).click();
    await page.getByText("Reads of games moved to default-tenant").waitFor();
    await page.getByRole("row", { name: /^games – – player_form rows\.games/ }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "changes consumers and partitions with the consequences said first, and shows refusals at the field",
  async () => {
    await page.goto("/rows/tenants?tab=consumers");
    await page.getByRole("button", { name: "Change the consumers of games" }).click();
    const count = page.getByRole("dialog", { name: "Consumers of games" });
    const field = count.getByRole("textbox", { name: "Consumers" });
    await field.fill("9");
    await count.getByText(/more consumers than that are refused/).waitFor();
    await count.getByRole("button", { name: "Change" }).click();
    await count.getByText("consumer count cannot be greater than num partitions").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("2");
    await count.getByText("Each of them gets 2 partitions of 4.").waitFor();
    await count.getByRole("button", { name: "Change" }).click();
    await page.getByRole("row", { name: /^games rows\.games 4 2/ }).waitFor();

    await page.getByRole("button", { name: "Change the partitions of games" }).click();
    const grow = page.getByRole("dialog", { name: "Partitions of rows.games" });
    await grow.getByRole("textbox", { name: "Partitions" }).fill("8");
    await grow.getByText(/That cannot be undone/).waitFor();
    await grow.getByRole("button", { name: "Change" }).click();
    // The embedded log's topics do not grow: the server's own words.
    await grow.getByText(/has 4 partitions for ever/).waitFor();
    await grow.getByRole("button", { name: "Cancel" }).click();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "makes topics, gives them to tenants, and gives tenants workers",
  async () => {
    await page.goto("/rows/tenants?tab=topics");
    await page.getByRole("row", { name: "rows.games games 4 4" }).waitFor();
    await page.getByRole("button", { name: "New topic" }).click();
    const topic = page.getByRole("dialog", { name: "New topic" });
    await topic.getByRole("textbox", { name: "Name" }).fill("rows.more");
    await topic.getByRole("button", { name: "Make it" }).click();
    await page.getByText("Topic rows.more was made").waitFor();

    await page.getByRole("tab", { name: "Consumers" }).click();
    await page.getByRole("button", { name: "Give a tenant a topic" }).click();
    const give = page.getByRole("dialog", { name: "Give a tenant a topic" });
    await give.getByRole("textbox", { name: "Tenant" }).fill("nobody");
    await give.getByRole("textbox", { name: "Topic" }).fill("rows.nobody");
    await give.getByRole("button", { name: "Give" }).click();
    await give.getByText("tenant not found").waitFor();
    await give.getByRole("textbox", { name: "Tenant" }).fill("default-tenant");
    await give.getByRole("textbox", { name: "Topic" }).fill("rows.default");
    await give.getByRole("button", { name: "Give" }).click();
    await page.getByRole("row", { name: /^default-tenant rows\.default 4 1/ }).waitFor();
    await page.getByRole("button", { name: "Change the topic of games" }).click();
    const change = page.getByRole("dialog", { name: "Topic of games" });
    await change.getByRole("textbox", { name: "Topic" }).fill("rows.more");
    await change.getByText(/what still waits there is not stored/).waitFor();
    await change.getByRole("button", { name: "Change" }).click();
    await page.getByRole("row", { name: /^games rows\.more/ }).waitFor();

    await page.getByRole("tab", { name: "Populators" }).click();
    await page.getByRole("button", { name: "Change the workers of games" }).click();
    const workers = page.getByRole("dialog", { name: "Workers of games" });
    await workers.getByRole("textbox", { name: "Workers" }).fill("5");
    await workers.getByText("5 workers in place of 2 share the tables of this tenant.").waitFor();
    await workers.getByRole("button", { name: "Change" }).click();
    await page.getByRole("row", { name: /^games 5/ }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "lets viewers read and search what they may not change, where everybody must sign in",
  async () => {
    const email = "vera@example.org";
    await admin.addUser({ email, firstName: "Vera", lastName: "E", role: "viewer" });
    const viewer = await console_.open();
    await enter(viewer, email, PASSWORD);
    await viewer.goto("/search?q=player_form");
    await viewer.getByRole("link", { name: "player_form" }).click();
    await viewer.getByRole("heading", { name: "player_form", level: 1 }).waitFor();
    await viewer.getByText("rows.more", { exact: true }).waitFor();
    await viewer.goto("/rows/tenants?tab=consumers");
    await viewer.getByRole("row", { name: /^games rows\.more/ }).waitFor();
    // Whatever the pages show: the server lets nobody through who may not.
    const refused = await viewer.evaluate(CHANGE_COUNT);
    expect(refused).toBe(403);
    expect(await page.evaluate(CHANGE_COUNT)).toBe(200);
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
