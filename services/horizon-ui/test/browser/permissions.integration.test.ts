import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { Operator, PASSWORD } from "./support/operator.ts";
import { entityBody, storeBody } from "./support/seeds.ts";
import { approve, enter, sendForApproval, signIn } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 180_000;

let console_: Console;
let admin: Operator;
let author: Operator;

beforeAll(async () => {
  console_ = await startConsole({ env: { HORIZON_FOUR_EYES: "true" } });
  const { email, madePassword = "" } = console_.admin;
  admin = await Operator.signIn(console_.origin, email, madePassword);
  const person = (firstName: string, role: "viewer" | "author" | "approver") =>
    admin.addUser({ email: `${role}@example.org`, firstName, lastName: "Example", role });
  await person("Vera", "viewer");
  author = await person("Aron", "author");
  await person("Ada", "approver");
}, START_MS);

afterAll(() => console_.close());

async function openAs(role: string): Promise<Page> {
  const page = await console_.open();
  await enter(page, `${role}@example.org`, PASSWORD);
  return page;
}

it(
  "gives a viewer pages to read, and no way to ask, decide or look values up",
  async () => {
    const id = await author.ask("store", storeBody("of_the_author", ["id"]));
    const page = await openAs("viewer");
    const menu = page.getByRole("navigation", { name: "Main" });
    await menu.getByRole("link", { name: "Discovery" }).waitFor();
    for (const name of ["Drift", "Audit log", "Users"]) {
      expect(await menu.getByRole("link", { name }).count()).toBe(0);
    }
    for (const path of ["/requests", "/stores", "/jobs", "/discovery"]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      expect(await page.getByRole("link", { name: /^(New|Register|Edit|Look up) / }).count()).toBe(
        0,
      );
    }
    await page.goto("/requests/new/store");
    await page.getByText("Viewers cannot ask for changes").waitFor();
    await page.goto("/values");
    await page.getByText("Viewers do not see values").waitFor();
    await page.goto("/drift");
    await page.getByText("Only approvers and administrators see this").waitFor();
    // Somebody else's request is nobody's business but its author's and those who decide.
    await page.goto(`/requests/store/${id}`);
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("button", { name: "Approve and apply" }).count()).toBe(0);
    await admin.decide("store", id);
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "shows an author that somebody else decides, and what was decided with the reason",
  async () => {
    const page = await openAs("author");
    await page.goto("/requests/new/store");
    await page.getByRole("textbox", { name: "Table", exact: true }).fill("orders");
    await page.getByRole("combobox", { name: "Primary keys" }).fill("order_id");
    await page.keyboard.press("Enter");
    await sendForApproval(page);
    await page.getByText("An approver has to decide about this request").waitFor();
    expect(await page.getByRole("button", { name: /Approve|Reject/ }).count()).toBe(0);

    const approver = await openAs("approver");
    await approver.goto(new URL(page.url()).pathname);
    await approver.getByRole("button", { name: "Reject…" }).click();
    const dialog = approver.getByRole("dialog", { name: "Reject the request" });
    const reject = dialog.getByRole("button", { name: "Reject", exact: true });
    expect(await reject.isDisabled()).toBe(true);
    await dialog.getByRole("textbox", { name: "Reason" }).fill("orders are kept elsewhere");
    await reject.click();
    await approver.getByText("Rejected", { exact: true }).waitFor();

    await page.reload();
    await page.getByRole("alert").getByText("orders are kept elsewhere").waitFor();
    await page.getByText("approver@example.org").waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "does not let an approver approve their own request where two people are required",
  async () => {
    const page = await openAs("approver");
    await page.goto("/requests/new/job");
    await page.getByRole("textbox", { name: "Id", exact: true }).fill("orders_job");
    await sendForApproval(page);
    await page.getByRole("link", { name: "I have it" }).click();
    await page.getByText("This is your own request").waitFor();
    await page.getByRole("button", { name: "Approve and apply" }).click();
    await page
      .getByRole("alert")
      .getByText(/is your own/)
      .waitFor();
    await page.getByText("Waiting", { exact: true }).waitFor();

    const other = await console_.open();
    await enter(other, console_.admin.email, console_.admin.madePassword ?? "");
    await other.goto(new URL(page.url()).pathname);
    await approve(other);
    await page.reload();
    await page.getByText("Approved", { exact: true }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "lets whoever loses a race see what the other has decided",
  async () => {
    const id = await author.ask("entity", entityBody("order", ["order_id"]));
    const page = await openAs("approver");
    await page.goto(`/requests/entity/${id}`);
    const button = page.getByRole("button", { name: "Approve and apply" });
    await button.waitFor();
    await admin.decide("entity", id, "there is one already");
    await button.click();
    await page.getByText("Rejected", { exact: true }).waitFor();
    await page.getByText("there is one already").waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "counts a change of somebody's role at once, and ends the sessions of who is deactivated",
  async () => {
    const page = await openAs("viewer");
    const administrator = await console_.open();
    await enter(administrator, console_.admin.email, console_.admin.madePassword ?? "");
    await administrator.goto("/admin/users");
    const row = administrator.getByRole("row", { name: /viewer@example.org/ });
    await row.getByRole("combobox", { name: "Role of viewer@example.org" }).click();
    await administrator.getByRole("option", { name: "author", exact: true }).click();
    await administrator.getByText("viewer@example.org was changed").waitFor();
    await page.reload();
    await page.goto("/requests");
    await page.getByRole("link", { name: "New request" }).waitFor();

    await row.getByRole("switch").click();
    await row.getByText("inactive", { exact: true }).waitFor();
    await page.reload();
    await page.waitForURL("**/login?next=*");
    await signIn(page, "viewer@example.org", PASSWORD);
    await page.getByText(/not active|inactive/).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
