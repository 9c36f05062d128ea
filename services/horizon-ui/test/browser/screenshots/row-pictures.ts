import type { Page } from "playwright-core";
import { choose } from "../support/steps.ts";
import type { Picture } from "./pictures.ts";

const GROUP = "/rows/groups/player_stats";

/** Of a control plane that serves the row dialect; signed in as an administrator. */
export const ROW_PICTURES: readonly Picture[] = [
  { name: "row-discovery", path: "/discovery" },
  { name: "row-search", path: "/search?q=player" },
  { name: "row-entity", path: "/rows/entities/players", isInDocs: true },
  { name: "row-entity-phone", path: "/rows/entities/players", look: "phone" },
  { name: "row-group", path: GROUP },
  { name: "row-group-dark", path: GROUP, look: "dark" },
  { name: "row-versions", path: `${GROUP}?tab=versions` },
  { name: "row-runs", path: `${GROUP}?tab=runs`, isInDocs: true },
  { name: "row-runs-dark", path: `${GROUP}?tab=runs`, look: "dark" },
  { name: "row-runs-phone", path: `${GROUP}?tab=runs`, look: "phone" },
  { name: "row-code", path: `${GROUP}?tab=code` },
  { name: "row-new-entity", path: "/rows/new/entity", prepare: fillEntity },
  { name: "row-new-entity-phone", path: "/rows/new/entity", prepare: fillEntity, look: "phone" },
  { name: "row-new-problems", path: "/rows/new/group?entity=players", prepare: createNothing },
  { name: "row-new-version", path: "/rows/new/version?group=player_stats", prepare: waitForPlan },
  { name: "row-tenants", path: "/rows/tenants" },
  { name: "row-move", path: GROUP, prepare: openMove },
  { name: "row-move-all", path: "/rows/tenants", prepare: openMoveAll },
  { name: "row-consumers", path: "/rows/tenants?tab=consumers" },
  { name: "row-partitions", path: "/rows/tenants?tab=consumers", prepare: openPartitions },
  { name: "row-populators", path: "/rows/tenants?tab=populators" },
  { name: "row-topics", path: "/rows/tenants?tab=topics" },
  { name: "row-tenants-phone", path: "/rows/tenants", look: "phone" },
  { name: "row-tenants-dark", path: "/rows/tenants", look: "dark" },
];

async function waitForPlan(page: Page): Promise<void> {
  await page.getByText("This can be made").waitFor();
}

async function fillEntity(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("contests");
  await page.getByRole("textbox", { name: "Name of column 1" }).fill("contest_id");
  await choose(page, "Type of column 1", /^BIGINT/);
  await page.getByRole("button", { name: "Add a column" }).click();
  await page.getByRole("textbox", { name: "Name of column 2" }).fill("day");
  await choose(page, "Type of column 2", /^TIMESTAMP /);
  await choose(page, "Primary keys, in order", "contest_id");
  await page.getByRole("option", { name: "day", exact: true }).click();
  await page.keyboard.press("Escape");
  await page.getByLabel("Time to live").fill("2592000");
  await page.getByRole("textbox", { name: "Owner" }).fill("ada@example.org");
  await waitForPlan(page);
}

async function createNothing(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("player_stats");
  await page.getByRole("textbox", { name: "Name of column 1" }).fill("country");
  await page
    .getByText(/already exists/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("alert").first().waitFor();
}

async function openMove(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("menuitem", { name: /^Move/ }).click();
  await page.getByRole("textbox", { name: "Reads from" }).fill("games");
}

async function openMoveAll(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Move all of default-tenant" }).click();
  await page.getByRole("textbox", { name: "To tenant" }).fill("games");
}

async function openPartitions(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Change the partitions of games" }).click();
  await page.getByRole("textbox", { name: "Partitions" }).fill("8");
}
