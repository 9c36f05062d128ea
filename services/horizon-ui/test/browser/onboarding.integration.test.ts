import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { approve, choose, sendForApproval, signIn, takeToken } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 240_000;

let console_: Console;
let page: Page;

beforeAll(async () => {
  console_ = await startConsole();
  page = await console_.open();
}, START_MS);

afterAll(() => console_.close());

it(
  "asks for everything from a store to features, approves it, and finds it",
  async () => {
    const { admin } = console_;
    await page.goto("/requests/new/store");
    await page.waitForURL("**/login?next=*");
    await signIn(page, admin.email, "wrong");
    await page.getByText("invalid email or password").waitFor();
    await signIn(page, admin.email, admin.madePassword ?? "");

    // Back to where the way to the login began. What the server objects to is said at the field.
    await page.getByRole("textbox", { name: "Table", exact: true }).fill("a b");
    await page.getByRole("combobox", { name: "Primary keys" }).click();
    const table = page.getByRole("textbox", { name: "Table", exact: true });
    await expect.poll(() => table.getAttribute("aria-invalid")).toBe("true");
    await page.reload();
    await page.getByText("What you typed earlier is still here").waitFor();
    await expect.poll(() => table.inputValue()).toBe("a b");
    await table.fill("user_features");
    await page.getByRole("combobox", { name: "Primary keys" }).fill("user_id");
    await page.keyboard.press("Enter");
    await sendForApproval(page);
    await approve(page);

    await page.goto("/requests/new/job");
    await page.getByRole("textbox", { name: "Id", exact: true }).fill("user_job");
    await sendForApproval(page);
    const token = await takeToken(page);
    expect(token.length).toBeGreaterThan(20);
    await approve(page);
    expect(await page.content()).not.toContain(token);

    await page.goto("/requests/new/entity");
    await page.getByRole("textbox", { name: "Label", exact: true }).fill("user");
    await page.getByRole("textbox", { name: "Name of key 1" }).fill("user_id");
    await sendForApproval(page);
    await approve(page);

    await page.goto("/requests/new/feature-group?entity=user");
    await page.getByRole("textbox", { name: "Label", exact: true }).first().fill("core");
    await choose(page, "Writer job", "user_job");
    await page.getByRole("group", { name: "feature 1" }).getByLabel("Label").fill("ctr");
    await page.getByRole("textbox", { name: "Default", exact: true }).fill("0.5");
    await sendForApproval(page);
    await page.getByText("entities/user/feature-groups/core/data-type").waitFor();
    await approve(page);

    await page.getByRole("searchbox", { name: /Search entities/ }).fill("ctr");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "ctr" }).click();
    await page.getByRole("heading", { name: "core" }).waitFor();
    await page.getByRole("button", { name: "ctr" }).click();
    await page.getByText("In versions").waitFor();
    await page.keyboard.press("Escape");
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "makes the next version of a group, and rejects a request with a reason",
  async () => {
    await page.goto("/requests/new/features-add?entity=user&group=core");
    await page.getByRole("textbox", { name: "Label", exact: true }).fill("cvr");
    await page.getByRole("textbox", { name: "Default", exact: true }).fill("1");
    await sendForApproval(page);
    await approve(page);
    await page.goto("/discovery/user/core?tab=versions");
    await page.getByText("Added").waitFor();
    await page.getByText("cvr", { exact: true }).waitFor();

    await page.goto("/requests/new/features-delete?entity=user&group=core");
    await choose(page, "Features to delete", "ctr");
    await page.keyboard.press("Escape");
    await sendForApproval(page);
    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByRole("textbox", { name: "Reason" }).fill("still in use");
    await page.getByRole("button", { name: "Reject", exact: true }).click();
    await page.getByText("still in use").waitFor();
    await page.goto("/requests?family=features");
    await page.getByRole("cell", { name: "Rejected" }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "edits an entity, a group and features, beginning with what is there",
  async () => {
    await page.goto("/requests/new/entity-edit?entity=user");
    const cache = page.getByRole("group", { name: "In-process cache" });
    await cache.getByRole("switch").click();
    await cache.getByLabel("Time to live").fill("600");
    await sendForApproval(page);
    await page.getByText("entities/user/in-memory-cache/ttl-in-seconds").waitFor();
    await approve(page);
    await page.goto("/discovery/user");
    await page.getByText("on, 10 minutes ±10 %").waitFor();

    await page.getByRole("link", { name: "core" }).click();
    await page.getByRole("button", { name: "Change" }).click();
    await page.getByRole("menuitem", { name: "Edit the group" }).click();
    await page.getByLabel("Time to live").fill("86400");
    await sendForApproval(page);
    await approve(page);

    await page.goto("/requests/new/features-edit?entity=user&group=core");
    await choose(page, "Features to edit", "cvr");
    await page.keyboard.press("Escape");
    const feature = page.getByRole("group", { name: "cvr" });
    await expect.poll(() => feature.getByLabel("Default").inputValue()).toBe("1");
    await feature.getByLabel("Default").fill("2");
    await sendForApproval(page);
    await approve(page);
    await page.goto("/discovery/user/core");
    await page.getByText("1 day", { exact: true }).waitFor();
    await page.getByRole("cell", { name: "2", exact: true }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "lets somebody register, and in once an administrator says so, with a password of their own",
  async () => {
    const other = await console_.open();
    await other.goto("/register");
    await other.getByLabel("First name").fill("Ada");
    await other.getByLabel("Last name").fill("Byron");
    await other.getByLabel("Email").fill("ada@example.org");
    await other.getByLabel("Password", { exact: true }).fill("Str0ng-enough");
    await other.getByRole("button", { name: "Register" }).click();
    await other.getByText("Your account was made").waitFor();

    await page.goto("/admin/users");
    const row = page.getByRole("row", { name: /ada@example.org/ });
    await row.getByRole("switch").click();
    await row.getByText("active", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Reset…" }).click();
    await page.getByRole("button", { name: "Reset", exact: true }).click();
    const password = await page.getByRole("dialog").locator("code").textContent();

    await signIn(other, "ada@example.org", password ?? "");
    await other.waitForURL("**/change-password");
    await other.getByLabel("Current password").fill(password ?? "");
    await other.getByLabel("New password", { exact: true }).fill("An0ther-one");
    await other.getByLabel("New password again").fill("An0ther-one");
    await other.getByRole("button", { name: "Change password" }).click();
    await other.getByRole("heading", { name: "Home" }).waitFor();
    expect(await other.getByRole("link", { name: "Users" }).count()).toBe(0);
    await other.goto("/admin/users");
    await other.getByText("Only administrators see this").waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "shows every page on a phone, without a page wider than it",
  async () => {
    const phone = await console_.open({ viewport: { width: 390, height: 844 } });
    await phone.goto("/login");
    await signIn(phone, "ada@example.org", "An0ther-one");
    await phone.getByRole("heading", { name: "Home" }).waitFor();
    for (const path of [
      "/",
      "/discovery",
      "/discovery/user",
      "/discovery/user/core",
      "/stores",
      "/jobs",
      "/requests",
      "/requests/new",
      "/requests/new/entity",
      "/values",
      "/connect?entity=user&group=core",
      "/search?q=user",
      "/nowhere",
    ]) {
      await phone.goto(path);
      await phone.getByRole("heading", { level: 1 }).waitFor();
      await phone.waitForLoadState("networkidle");
      const excess = await phone.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect({ path, excess }).toEqual({ path, excess: 0 });
    }
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
