import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRoutes, expectNoViolations } from "./support/axe.ts";
import type { WindowOptions } from "./support/browser.ts";
import { type Console, startConsole } from "./support/console.ts";
import { Operator } from "./support/operator.ts";
import { fillControlPlane } from "./support/sample-data.ts";
import { choose, enter } from "./support/steps.ts";

const START_MS = 180_000;
const ROUTES_MS = 600_000;

const SIGNED_OUT = ["/login", "/login?registered=true", "/register"];
const SIGNED_IN = [
  "/",
  "/search?q=ctr",
  "/search?q=nothing-of-this-name",
  "/discovery",
  "/discovery/user",
  "/discovery/user/clicks",
  "/discovery/user/clicks?tab=versions",
  "/discovery/user/clicks?tab=storage",
  "/discovery/nobody",
  "/stores",
  "/jobs",
  "/requests",
  "/requests?family=features",
  "/requests/new",
  "/requests/new/store",
  "/requests/new/job",
  "/requests/new/entity",
  "/requests/new/entity-edit?entity=user",
  "/requests/new/feature-group?entity=user",
  "/requests/new/feature-group-edit?entity=user&group=clicks",
  "/requests/new/features-add?entity=user&group=clicks",
  "/requests/new/features-edit?entity=user&group=clicks",
  "/requests/new/features-delete?entity=user&group=clicks",
  "/requests/store/1",
  "/requests/store/2",
  "/requests/entity/2",
  "/requests/features/99",
  "/values",
  "/values?entity=user&group=clicks",
  "/connect",
  "/connect?entity=user&group=clicks",
  "/drift",
  "/audit",
  "/admin/users",
  "/change-password",
  "/nowhere",
];

const PHONE = { width: 390, height: 844 };
/** Each look and each width once: the one decides over colours, the other over what is there. */
const WINDOWS: readonly (readonly [string, WindowOptions])[] = [
  ["light and wide", { colorScheme: "light" }],
  ["dark on a phone", { colorScheme: "dark", viewport: PHONE }],
];

let console_: Console;

beforeAll(async () => {
  console_ = await startConsole();
  const { email, madePassword = "" } = console_.admin;
  await fillControlPlane(await Operator.signIn(console_.origin, email, madePassword));
}, START_MS);

afterAll(() => console_.close());

describe.each(WINDOWS)("%s", (name, options) => {
  it(
    "has pages without violations of WCAG 2.1 A and AA",
    async () => {
      // Colours that are fading in are no colours of the design.
      const page = await console_.open({ ...options, reducedMotion: "reduce" });
      await checkRoutes(page, SIGNED_OUT);
      await enter(page, console_.admin.email, console_.admin.madePassword ?? "");
      await checkRoutes(page, SIGNED_IN);
      await checkStates(page, name.replaceAll(" ", "_"));
      expect(console_.faults).toEqual([]);
    },
    ROUTES_MS,
  );
});

/**
 * What pages look like only after somebody has done something.
 *
 * @param client id of one that nobody has asked for
 */
async function checkStates(page: Page, client: string): Promise<void> {
  await page.goto("/requests/new/store");
  await page.getByRole("textbox", { name: "Table", exact: true }).fill("a b");
  await page.getByRole("button", { name: "Send for approval" }).click();
  await page.getByRole("alert").first().waitFor();
  await expectNoViolations(page, "a form with problems");
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
  await expectNoViolations(page, "the user's menu");

  await page.goto("/requests/store/2");
  await page.getByRole("button", { name: "Reject…" }).click();
  await page.getByRole("dialog").waitFor();
  await expectNoViolations(page, "the dialog for rejecting");

  await page.goto("/values?entity=user&group=clicks");
  await page.getByLabel("user_id").fill("1");
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByRole("alert").waitFor();
  await expectNoViolations(page, "a look-up that failed");

  await page.goto("/requests/new/feature-group?entity=user");
  await choose(page, "Data type", "FP32");
  await page.getByRole("combobox", { name: "Data type" }).click();
  await page.getByRole("option", { name: "FP64", exact: true }).waitFor();
  await expectNoViolations(page, "an open list");

  await page.goto("/requests/new/job?type=reader");
  await page.getByRole("textbox", { name: "Id", exact: true }).fill(client);
  await page.getByText("This change can be made").waitFor();
  await page.getByRole("button", { name: "Send for approval" }).click();
  await page.getByRole("heading", { name: "Copy the token now" }).waitFor();
  await expectNoViolations(page, "a token that is shown once");
}
