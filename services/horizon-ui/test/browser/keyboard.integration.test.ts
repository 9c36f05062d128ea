import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { Keyboard } from "./support/keyboard.ts";

const START_MS = 180_000;
const STORY_MS = 240_000;
let console_: Console;
let page: Page;
let keyboard: Keyboard;

beforeAll(async () => {
  console_ = await startConsole();
  page = await console_.open({ reducedMotion: "reduce" });
  keyboard = new Keyboard(page);
}, START_MS);

afterAll(() => console_.close());

it(
  "is used with the keyboard alone: sign in, ask, approve, find",
  async () => {
    await page.goto("/");
    await page.waitForURL("**/login?next=*");
    await page.getByLabel("Email").waitFor();
    await keyboard.type(/^Email/, console_.admin.email);
    await keyboard.type(/^Password/, console_.admin.madePassword ?? "");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();

    await keyboard.press(/^Requests$/);
    await page.getByRole("heading", { name: "Requests", level: 1 }).waitFor();
    await keyboard.press(/^New request$/);
    await page.getByRole("heading", { name: "New request", level: 1 }).waitFor();
    await keyboard.press(/^Register a store$/);
    await page.getByRole("heading", { name: "Register a store", level: 1 }).waitFor();
    await keyboard.type(/^Table/, "not a name");
    const table = page.getByRole("textbox", { name: "Table", exact: true });
    await expect.poll(() => table.getAttribute("aria-invalid")).toBe("true");
    await keyboard.tabTo(/^Table/);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("orders");
    await keyboard.type(/^Primary keys/, "order_id");
    await page.keyboard.press("Enter");
    await page.getByText("This change can be made").waitFor();
    await keyboard.press(/^Send for approval$/);
    await keyboard.press(/^Reject…$/);
    await page.getByRole("dialog", { name: "Reject the request" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    // The focus is where it was before the dialog, so that one goes on from there.
    await keyboard.tabTo(/^Reject…$/);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Approved", { exact: true }).waitFor();

    await keyboard.press(/^Stores$/);
    await page.getByRole("cell", { name: "orders" }).waitFor();
    await keyboard.press(/^Account of/);
    await expect.poll(() => keyboard.focused()).toBe("Dark colours");
    await keyboard.press(/^Dark colours$/);
    await expect
      .poll(() => page.locator("html").getAttribute("data-mantine-color-scheme"))
      .toBe("dark");
    await keyboard.press(/^Account of/);
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    // From the first item upwards to the last one.
    await expect.poll(() => keyboard.focused()).toBe("Light colours");
    await page.keyboard.press("ArrowUp");
    await keyboard.press(/^Sign out$/);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "chooses in lists with the arrow keys, and moves among tabs with them",
  async () => {
    await page.goto("/login");
    await page.getByLabel("Email").waitFor();
    await keyboard.type(/^Email/, console_.admin.email);
    await keyboard.type(/^Password/, console_.admin.madePassword ?? "");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
    await page.goto("/requests/new/feature-group");
    await page.getByRole("combobox", { name: "Data type" }).waitFor();
    await keyboard.type(/^Data type/, "Uint16");
    await page.getByRole("option", { name: "Uint16", exact: true }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => page.getByRole("combobox", { name: "Data type" }).inputValue())
      .toMatch(/^Uint16/);
    await page.goto("/requests");
    await page.getByRole("tab", { name: "Stores" }).waitFor();
    await keyboard.tabTo(/^Stores$/);
    await page.getByRole("tab", { name: "Stores" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.getByRole("tab", { selected: true }).textContent())
      .not.toBe("Stores");
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
