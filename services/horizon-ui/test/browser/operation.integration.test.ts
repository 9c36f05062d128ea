import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { Operator } from "./support/operator.ts";
import { entityBody, groupBody, storeBody } from "./support/seeds.ts";
import { choose, enter, sendForApproval, signIn } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 180_000;
const SLOW_MS = 300;

let console_: Console;
let page: Page;
/** What stands for an api-server answers with, next. */
let answer: () => Promise<readonly ({ columns: Uint8Array[] } | { error: string })[]>;

beforeAll(async () => {
  console_ = await startConsole({ values: { read: () => answer() } });
  const { email, madePassword = "" } = console_.admin;
  const admin = await Operator.signIn(console_.origin, email, madePassword);
  await admin.make("store", storeBody("items", ["item_id"]));
  await admin.make("job", { "job-type": "writer", "job-id": "pricing", token: "a-token-of-a-job" });
  await admin.make("entity", entityBody("item", ["item_id"], { confId: 3, ttl: 60 }));
  const features = [{ label: "amount", default: "0.5" }];
  await admin.make(
    "feature-group",
    groupBody({ entity: "item", label: "price", job: "pricing", features }),
  );
  page = await console_.open();
  await enter(page, email, madePassword);
}, START_MS);

afterAll(() => console_.close());

async function overwrite(path: string, value: string): Promise<void> {
  await console_.registry.write([{ path, value: Buffer.from(value) }]);
}

it(
  "shows where the registry differs from what was approved, and repairs it",
  async () => {
    await page.goto("/drift");
    await page.getByText("No differences").waitFor();
    await overwrite("entities/item/in-memory-cache/ttl-in-seconds", "61");
    await overwrite("entities/item/feature-groups/price/job-id", "nobody");
    const compare = page.getByRole("button", { name: "Compare again" });
    const difference = page.getByRole("row", { name: /in-memory-cache\/ttl-in-seconds/ });
    await expect
      .poll(
        async () => {
          await compare.click();
          return difference.isVisible();
        },
        { timeout: STORY_MS, interval: SLOW_MS },
      )
      .toBe(true);
    expect((await difference.getByRole("cell").allTextContents()).slice(1, 6)).toEqual([
      "warning",
      "entity item",
      "in-memory-cache/ttl-in-seconds is not what was approved last",
      "60",
      "61",
    ]);
    // Where nobody but a person can know what is right, there is nothing to choose.
    const unknown = page.getByRole("row", { name: /its job "nobody" is not registered/ });
    await unknown.getByText("a person has to decide").waitFor();
    expect(await unknown.getByRole("checkbox").count()).toBe(0);

    const repair = page.getByRole("button", { name: /^Repair/ });
    expect(await repair.isDisabled()).toBe(true);
    await difference.getByRole("checkbox", { name: "Repair entity item" }).check();
    await repair.click();
    await page.getByRole("status").getByText("repaired").waitFor();
    await difference.waitFor({ state: "detached" });
    await unknown.waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "tells what became of a value look-up: a slow answer, a refusal, bytes that are no value",
  async () => {
    const heading = page.getByRole("heading", { name: "Values of item_id=7" });
    await page.goto("/values");
    await page.getByText("Choose an entity and a feature group").waitFor();
    await choose(page, "Entity", "item");
    await choose(page, "Feature group", "price");
    const lookUp = page.getByRole("button", { name: "Look up" });
    const key = page.getByLabel("item_id");
    await lookUp.click();
    expect(
      await key.evaluate(
        (input) => (input as unknown as { validationMessage: string }).validationMessage,
      ),
    ).not.toBe("");

    answer = async () => {
      await delay(SLOW_MS);
      throw new Error("the store is away");
    };
    await key.fill("7");
    await lookUp.click();
    await page.getByRole("alert").getByText("Could not look up values").waitFor();
    answer = async () => [{ error: "key is too long" }];
    await lookUp.click();
    await heading.waitFor();
    await page.getByText("key is too long").waitFor();
    expect(await page.getByText("Could not look up values").count()).toBe(0);
    answer = async () => [{ columns: [Buffer.from([1])] }];
    await lookUp.click();
    await page.getByRole("row", { name: /^amount not a value of its type/ }).waitFor();
    const stored = Buffer.alloc(4);
    stored.writeFloatLE(2.5);
    answer = async () => [{ columns: [stored] }];
    await lookUp.click();
    await page.getByRole("row", { name: /^amount 2\.5 stored 4 bytes/ }).waitFor();
    answer = async () => [{ columns: [stored], groups: { error: "asking took too long" } }];
    await lookUp.click();
    await page.getByRole("alert").getByText("asking took too long").waitFor();
    await page.getByRole("row", { name: /^amount 2\.5 stored 4 bytes/ }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "notes who did what, to be found by who, what and subject, without the keys looked up",
  async () => {
    await page.goto("/audit");
    const repaired = page.getByRole("row", { name: /drift\.repair/ });
    await repaired.waitFor();
    expect(await repaired.textContent()).toContain(console_.admin.email);
    await page.getByLabel("Action, such as request.approved").fill("values.read");
    await page
      .getByRole("row", { name: /values\.read entity item/ })
      .first()
      .waitFor();
    await repaired.waitFor({ state: "detached" });
    expect(await page.getByRole("table").textContent()).not.toContain('"7"');
    await page.getByLabel("Subject, such as user a@x.io").fill("entity nobody");
    await page.getByText("No entries match").waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "says at each field what is wrong with it, all at once, and sends nothing until it is right",
  async () => {
    let submissions = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/add-features")) submissions += 1;
    });
    await page.goto("/requests/new/features-add?entity=item&group=price");
    const group = page.getByRole("group", { name: "feature 1", exact: true });
    await group.getByLabel("Default").fill("many");
    await group.getByLabel("Label").fill("amount");
    const send = page.getByRole("button", { name: "Send for approval" });
    const feature = page.getByRole("group", { name: "amount", exact: true });
    for (const label of ["Label", "Default"]) {
      const field = feature.getByLabel(label);
      await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
      const described = (await field.getAttribute("aria-describedby")) ?? "";
      const message = page.locator(`[id="${described.split(" ").at(-1)}"]`);
      expect((await message.textContent())?.length).toBeGreaterThan(5);
    }
    await send.click();
    await page
      .getByRole("alert")
      .getByText(/to be solved before this can be sent/)
      .waitFor();
    expect(submissions).toBe(0);
    await feature.getByLabel("Default").fill("1");
    await feature.getByLabel("Label").fill("currency_rate");
    await sendForApproval(page);
    await page.getByText("Waiting", { exact: true }).waitFor();
    expect(submissions).toBe(1);
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);

it(
  "keeps a form over the end of the session, also where it ends with the submit",
  async () => {
    await page.goto("/requests/new/store");
    const table = page.getByRole("textbox", { name: "Table", exact: true });
    await table.fill("carts");
    await page.getByRole("combobox", { name: "Primary keys" }).fill("cart_id");
    await page.keyboard.press("Enter");
    await page.getByText("This change can be made").waitFor();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Send for approval" }).click();
    await page.waitForURL("**/login?next=*");
    await signIn(page, console_.admin.email, console_.admin.madePassword ?? "");
    await page.getByText("What you typed earlier is still here").waitFor();
    expect(await table.inputValue()).toBe("carts");
    await sendForApproval(page);
    await page.getByRole("heading", { name: /table carts/ }).waitFor();
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
