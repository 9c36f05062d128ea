import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestTable } from "../../../populator/test/support/test-table.ts";
import { checkRoutes, expectNoViolations } from "./support/axe.ts";
import { type EmbeddedFleet, startEmbeddedFleet } from "./support/fleet.ts";
import { Operator, PASSWORD } from "./support/operator.ts";
import { column, RowClient, rowEntityBody, rowGroupBody } from "./support/row-seeds.ts";
import { choose, enter } from "./support/steps.ts";

/** Runs of the populator: a whole fleet in one process, with tables on its disk. */
const START_MS = 240_000;
const STORY_MS = 180_000;
const PHONE = { width: 390, height: 844 };
const FILMS = 300;
/** Slow enough that a run of many rows can be seen at work. */
const ROWS_PER_SECOND = 2_000;
const MANY = 400_000;

const folder = mkdtempSync(join(tmpdir(), "ofs-tables-ui-"));
let fleet: EmbeddedFleet;
let admin: Operator;
let page: Page;
let films: TestTable;

beforeAll(async () => {
  fleet = await startEmbeddedFleet({ POPULATOR_ROWS_PER_SECOND: String(ROWS_PER_SECOND) });
  const { email, password } = fleet.admin;
  admin = await Operator.signIn(fleet.origin, email, password);
  films = new TestTable(join(folder, "films"), {
    movie_id: "string",
    stars: "double",
    note: "string",
  });
  await films.commit(
    `select 'film-' || i as movie_id, i / 100 as stars, 'n' || i as note from range(${FILMS}) t(i)`,
    "select null::varchar as movie_id, 1.0::double as stars, 'nobody' as note",
  );
  page = await fleet.open({ reducedMotion: "reduce" });
  await enter(page, email, password);
}, START_MS);

afterAll(async () => {
  await fleet.close();
  rmSync(folder, { recursive: true });
});

/** On the page of a run. */
async function act(name: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `${action}…`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `${action} the run of ${name}` });
  await dialog.getByRole("button", { name: `${action} the run` }).click();
  await dialog.waitFor({ state: "detached" });
}

async function seeState(text: string): Promise<void> {
  const state = page.getByRole("group", { name: "State", exact: true });
  await state.getByText(text, { exact: true }).waitFor();
}

/** An empty form, whatever was typed into it before. */
async function openForm(): Promise<void> {
  await page.goto("/populator/new");
  await page.getByRole("heading", { name: "New run", level: 1 }).waitFor();
  await page.evaluate("localStorage.clear()");
  await page.reload();
}

async function fillTable(name: string, path: string): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "Path" }).fill(path);
}

it(
  "begins a run with columns that were placed by hand, shows what was refused and why, and notes who did it",
  async () => {
    await page.getByRole("link", { name: "Populator" }).click();
    await page.getByText("No runs yet").waitFor();
    await page.getByRole("link", { name: "New run" }).click();
    await fillTable("films", films.path);
    await choose(page, "Entity", "movie");
    await page.getByRole("button", { name: "Read the table" }).click();
    const mapping = page.getByRole("table", { name: "Columns of the table, and where they go" });
    await mapping.getByRole("row", { name: /^note string/ }).waitFor();
    // What is called like a key is one, as a rule.
    const key = page.getByRole("combobox", { name: "Target of movie_id" });
    expect(await key.inputValue()).toMatch(/^movie_id/);
    await page.getByText("nothing but keys would be sent").waitFor();
    await choose(page, "Target of stars", /^ratings:imdb_rating/);
    await page.getByText("nothing but keys would be sent").waitFor({ state: "detached" });
    await expectNoViolations(page, "a run with its columns");
    await page.getByRole("button", { name: "Begin the run" }).click();

    await page.getByRole("heading", { name: "films", level: 1 }).waitFor();
    await seeState("Completed");
    await page.getByRole("group", { name: "Sent" }).getByText("300").waitFor();
    await page.getByText("movie_id → movie_id, stars → ratings:imdb_rating").waitFor();
    const refused = page.getByRole("table", { name: "Refused rows" });
    await refused.getByRole("row", { name: /^null-key movie_id 1 key movie_id is null/ }).waitFor();
    const files = page.getByRole("table", { name: "Files" });
    await files.getByRole("row", { name: /\.parquet Completed .* 300 of 300 300 0/ }).waitFor();

    await page.getByRole("link", { name: "Populator" }).first().click();
    await page.getByRole("row", { name: /^films .*movie Completed .* 300 1 0 / }).waitFor();
    await page.getByRole("searchbox", { name: "Table, path or target" }).fill("nothing-so-called");
    await page.getByText("No runs match").waitFor();
    await page.goto("/audit");
    await page.getByRole("row", { name: /populator-run\.started table films .*"movie"/ }).waitFor();
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "shows refusals at the columns and fields that they are about, and keeps what was typed",
  async () => {
    await openForm();
    await fillTable("wrong", films.path);
    await choose(page, "Entity", "movie");
    await page.getByRole("button", { name: "Read the table" }).click();
    await choose(page, "Target of note", /^ratings:imdb_rating/);
    await page.getByRole("button", { name: "Begin the run" }).click();
    await page.getByText("The run is not begun").waitFor();
    const note = page.getByRole("combobox", { name: "Target of note" });
    expect(await note.getAttribute("aria-invalid")).toBe("true");
    const stars = page.getByRole("combobox", { name: "Target of stars" });
    expect(await stars.getAttribute("aria-invalid")).not.toBe("true");
    await expectNoViolations(page, "a run that was refused");

    // What is chosen again is chosen no more.
    await choose(page, "Target of note", /^ratings:imdb_rating/);
    expect(await note.inputValue()).toBe("");
    await choose(page, "Target of stars", /^ratings:imdb_rating/);
    await choose(page, "What is read", "What versions brought");
    await page.getByLabel("First version").fill("3");
    await page.getByRole("button", { name: "Begin the run" }).click();
    await page.getByText("endVersion is required", { exact: true }).first().waitFor();
    const last = page.getByLabel("Last version");
    expect(await last.getAttribute("aria-invalid")).toBe("true");
    await last.fill("9");
    await page.getByRole("button", { name: "Begin the run" }).click();
    await page.getByText("endVersion 9 is beyond the latest version, 0").first().waitFor();

    await page.reload();
    await page.getByText("What you typed earlier is still here.").waitFor();
    expect(await page.getByLabel("Last version").inputValue()).toBe("9");
    await page.getByRole("button", { name: "Start anew" }).click();
    await page.getByRole("textbox", { name: "Path" }).fill(join(folder, "nowhere"));
    await choose(page, "Entity", "movie");
    await page.getByRole("button", { name: "Read the table" }).click();
    await page.getByText("The table could not be read").waitFor();
    await page.getByRole("button", { name: "Begin the run" }).click();
    await page.getByText(/^tableName: /).waitFor();
    expect(await page.getByRole("textbox", { name: "Name" }).getAttribute("aria-invalid")).toBe(
      "true",
    );
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "pauses a run at work, goes on, cancels, begins it anew and forgets it",
  async () => {
    const many = new TestTable(join(folder, "many"), { movie_id: "string", imdb_rating: "double" });
    await many.commit(
      `select 'many-' || i as movie_id, 5.0::double as imdb_rating from range(${MANY}) t(i)`,
    );
    await openForm();
    await fillTable("many", many.path);
    await choose(page, "Entity", "movie");
    await page.getByRole("button", { name: "Begin the run" }).click();
    await page.getByRole("heading", { name: "many", level: 1 }).waitFor();
    await seeState("Running");
    const files = page.getByRole("table", { name: "Files" });
    await files.getByRole("row", { name: /\.parquet Running \S+-\d / }).waitFor();
    await page.getByRole("group", { name: "Rate" }).getByText(/ \/s$/).waitFor();
    await act("many", "Pause");
    await seeState("Paused");
    await act("many", "Resume");
    await seeState("Running");
    await act("many", "Cancel");
    await seeState("Cancelled");
    expect(await page.getByRole("button", { name: "Resume…" }).count()).toBe(0);
    await page.goto("/populator?state=CANCELLED");
    await page.getByRole("row", { name: /^many / }).waitFor();
    expect(await page.getByRole("link", { name: "films" }).count()).toBe(0);
    await page.getByRole("link", { name: "many" }).click();
    await act("many", "Reset");
    await seeState("Running");
    await act("many", "Delete");
    await page.getByRole("heading", { name: "Populator", level: 1 }).waitFor();
    await page.getByRole("link", { name: "many" }).waitFor({ state: "detached" });
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "names the file that could not be read, and why",
  async () => {
    const gone = new TestTable(join(folder, "gone"), { movie_id: "string", imdb_rating: "double" });
    await gone.commit("select 'a' as movie_id, 1.0::double as imdb_rating");
    const removed = await gone.replace("select 'b' as movie_id, 2.0::double as imdb_rating");
    for (const path of removed) rmSync(path);
    await openForm();
    await fillTable("gone", gone.path);
    await choose(page, "Entity", "movie");
    await choose(page, "What is read", "What versions brought");
    await page.getByLabel("First version").fill("0");
    await page.getByLabel("Last version").fill("0");
    await page.getByRole("button", { name: "Begin the run" }).click();
    await seeState("Failed");
    await page.getByRole("alert").getByText("The run has failed").waitFor();
    const row = page.getByRole("table", { name: "Files" }).getByRole("row", { name: /Failed/ });
    await row.getByText(/in a row\)$/).waitFor();
    expect(await row.textContent()).toContain(removed[0]?.split("/").at(-1));
    await page.getByRole("button", { name: "Resume…" }).waitFor();
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "sends rows of a table to a feature group of the row dialect",
  async () => {
    const client = new RowClient(fleet.origin, undefined);
    await client.send("POST", "/entity", { ...rowEntityBody("players") });
    const features = [column("wins", "INT")];
    await client.send("POST", "/feature-group", rowGroupBody("player_wins", "players", features));
    const table = new TestTable(join(folder, "players"), {
      user_id: "long",
      season: "integer",
      won: "integer",
    });
    await table.commit(
      "select i as user_id, 2026::int as season, 7::int as won from range(20) t(i)",
    );
    await openForm();
    await fillTable("players", table.path);
    await choose(page, "Dialect", "Row: a feature group");
    await choose(page, "Feature group", "player_wins");
    await page.getByRole("button", { name: "Read the table" }).click();
    await choose(page, "Target of won", /^wins/);
    await page.getByRole("button", { name: "Begin the run" }).click();
    await page.getByRole("heading", { name: "players", level: 1 }).waitFor();
    await seeState("Completed");
    await page.getByText("player_wins (latest version) (row dialect)").waitFor();
    // The control plane has its port after the populator, and is told all the same.
    await page.goto("/rows/groups/player_wins?tab=runs");
    await page.getByRole("row", { name: /^run-.* Succeeded 20 / }).waitFor();
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "lets viewers look and nothing else",
  async () => {
    const email = "vera@example.org";
    await admin.addUser({ email, firstName: "Vera", lastName: "E", role: "viewer" });
    const viewer = await fleet.open();
    await enter(viewer, email, PASSWORD);
    await viewer.goto("/populator");
    await viewer.getByRole("link", { name: "films" }).click();
    await viewer.getByRole("table", { name: "Files" }).waitFor();
    for (const name of ["Pause…", "Cancel…", "Reset…", "Delete…"]) {
      expect(await viewer.getByRole("button", { name }).count()).toBe(0);
    }
    await viewer.goto("/populator/new");
    await viewer.getByText("Only approvers and administrators begin runs").waitFor();
    await viewer.goto("/");
    await viewer.getByRole("row", { name: /^populator http:\/\/127\.0\.0\.1:\d+ Ready/ }).waitFor();
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "has no violations of WCAG 2.1 A and AA, and no page that is wider than a phone",
  async () => {
    const paths = [
      "/populator",
      "/populator/new",
      "/populator/runs/films",
      "/populator/runs/gone",
      "/populator/runs/nobody",
    ];
    await checkRoutes(page, paths);
    const phone = await fleet.open({
      colorScheme: "dark",
      viewport: PHONE,
      reducedMotion: "reduce",
    });
    await enter(phone, fleet.admin.email, fleet.admin.password);
    await checkRoutes(phone, paths);
    for (const path of paths) {
      await phone.goto(path);
      await phone.getByRole("heading", { level: 1 }).waitFor();
      await phone.waitForLoadState("networkidle");
      const excess = await phone.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect.soft({ path, excess }).toEqual({ path, excess: 0 });
    }
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);
