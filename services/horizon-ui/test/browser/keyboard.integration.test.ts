import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";

const START_MS = 180_000;
const STORY_MS = 240_000;
/** More than any page has between its beginning and what a step is after. */
const MAX_TABS = 60;

/** Runs in the page: what labels, or else the text, call the element that has the focus. */
const NAME = `(() => {
  const element = document.activeElement;
  const labels = [...(element.labels ?? [])].map((label) => label.textContent);
  return (element.getAttribute("aria-label") ?? (labels.join(" ") || element.textContent)).trim();
})()`;

/** Runs in the page: whether the element that has the focus looks otherwise without it. */
const IS_SEEN = `(async () => {
  const element = document.activeElement;
  // The frame of some fields is drawn by what is around them.
  const framed = [element];
  while (framed.length < 4) framed.push(framed.at(-1).parentElement ?? element);
  const look = async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const moving = framed.flatMap((each) => each.getAnimations());
    await Promise.allSettled(moving.map(({ finished }) => finished));
    return framed.map((each) => {
      const { outlineStyle, outlineWidth, borderColor, transform } = getComputedStyle(each);
      return [outlineStyle, outlineWidth, borderColor, transform].join();
    }).join();
  };
  const withFocus = await look();
  element.blur();
  const without = await look();
  element.focus({ focusVisible: true });
  return withFocus !== without;
})()`;

let console_: Console;
let page: Page;

beforeAll(async () => {
  console_ = await startConsole();
  page = await console_.open({ reducedMotion: "reduce" });
}, START_MS);

afterAll(() => console_.close());

/** Tabs to the element of that name, as a person without a mouse does. */
async function tabTo(name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let tabs = 0; tabs < MAX_TABS; tabs += 1) {
    const focused = (await page.evaluate(NAME)) as string;
    if (name.test(focused)) {
      const isSeen = await page.evaluate(IS_SEEN);
      expect({ focused, isSeen }).toEqual({ focused, isSeen: true });
      return;
    }
    seen.push(focused.slice(0, 40));
    await page.keyboard.press("Tab");
  }
  throw new Error(`no ${name} among ${seen.join(" | ")}`);
}

async function press(name: RegExp): Promise<void> {
  await tabTo(name);
  await page.keyboard.press("Enter");
}

async function type(name: RegExp, text: string): Promise<void> {
  await tabTo(name);
  await page.keyboard.type(text);
}

it(
  "is used with the keyboard alone: sign in, ask, approve, find",
  async () => {
    await page.goto("/");
    await page.waitForURL("**/login?next=*");
    await page.getByLabel("Email").waitFor();
    await type(/^Email/, console_.admin.email);
    await type(/^Password/, console_.admin.madePassword ?? "");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();

    await press(/^Requests$/);
    await page.getByRole("heading", { name: "Requests", level: 1 }).waitFor();
    await press(/^New request$/);
    await page.getByRole("heading", { name: "New request", level: 1 }).waitFor();
    await press(/^Register a store$/);
    await page.getByRole("heading", { name: "Register a store", level: 1 }).waitFor();
    await type(/^Table/, "not a name");
    const table = page.getByRole("textbox", { name: "Table", exact: true });
    await expect.poll(() => table.getAttribute("aria-invalid")).toBe("true");
    await tabTo(/^Table/);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("orders");
    await type(/^Primary keys/, "order_id");
    await page.keyboard.press("Enter");
    await page.getByText("This change can be made").waitFor();
    await press(/^Send for approval$/);
    await press(/^Reject…$/);
    await page.getByRole("dialog", { name: "Reject the request" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    // The focus is where it was before the dialog, so that one goes on from there.
    await tabTo(/^Reject…$/);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Approved", { exact: true }).waitFor();

    await press(/^Stores$/);
    await page.getByRole("cell", { name: "orders" }).waitFor();
    await press(/^Account of/);
    await expect.poll(() => page.evaluate(NAME)).toBe("Dark colours");
    await press(/^Dark colours$/);
    await expect
      .poll(() => page.locator("html").getAttribute("data-mantine-color-scheme"))
      .toBe("dark");
    await press(/^Account of/);
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    // From the first item upwards to the last one.
    await expect.poll(() => page.evaluate(NAME)).toBe("Light colours");
    await page.keyboard.press("ArrowUp");
    await press(/^Sign out$/);
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
    await type(/^Email/, console_.admin.email);
    await type(/^Password/, console_.admin.madePassword ?? "");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
    await page.goto("/requests/new/feature-group");
    await page.getByRole("combobox", { name: "Data type" }).waitFor();
    await type(/^Data type/, "Uint16");
    await page.getByRole("option", { name: "Uint16", exact: true }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => page.getByRole("combobox", { name: "Data type" }).inputValue())
      .toMatch(/^Uint16/);
    await page.goto("/requests");
    await page.getByRole("tab", { name: "Stores" }).waitFor();
    await tabTo(/^Stores$/);
    await page.getByRole("tab", { name: "Stores" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.getByRole("tab", { selected: true }).textContent())
      .not.toBe("Stores");
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
