import type { Page } from "playwright-core";
import { choose } from "../support/steps.ts";

/** One picture of one page. */
export interface Picture {
  /** File name without extension. */
  readonly name: string;
  readonly path: string;
  readonly look?: "dark" | "phone";
  /** What is done on the page before. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** Whether it stands in the documentation. */
  readonly isInDocs?: boolean;
}

const PENDING = "/requests/feature-group/1";

/** Signed out. */
export const OUTSIDE: readonly Picture[] = [
  { name: "login", path: "/login" },
  { name: "register", path: "/register" },
];

/** Signed in as an administrator. */
export const INSIDE: readonly Picture[] = [
  { name: "home", path: "/", prepare: waitForRates, isInDocs: true },
  { name: "home-dark", path: "/", look: "dark", prepare: waitForRates },
  { name: "home-phone", path: "/", look: "phone", prepare: waitForRates },
  { name: "search", path: "/search?q=rating" },
  { name: "discovery", path: "/discovery" },
  { name: "entity", path: "/discovery/movie" },
  { name: "group", path: "/discovery/movie/ratings", isInDocs: true },
  { name: "group-phone", path: "/discovery/movie/ratings", look: "phone" },
  { name: "versions", path: "/discovery/movie/ratings?tab=versions" },
  { name: "storage", path: "/discovery/movie/ratings?tab=storage" },
  { name: "stores", path: "/stores" },
  { name: "jobs", path: "/jobs" },
  {
    name: "clients",
    path: "/jobs",
    prepare: (page) => page.getByRole("tab", { name: "Clients" }).click(),
  },
  { name: "requests", path: "/requests?family=features" },
  { name: "requests-stores", path: "/requests?family=store" },
  { name: "request", path: PENDING, isInDocs: true },
  { name: "request-dark", path: PENDING, look: "dark", isInDocs: true },
  { name: "request-rejected", path: "/requests/entity/1" },
  { name: "new-request", path: "/requests/new" },
  { name: "form", path: "/requests/new/feature-group?entity=user", prepare: fillGroup },
  { name: "form-problems", path: "/requests/new/store", prepare: sendNothing },
  { name: "values", path: "/values?entity=movie&group=facts", prepare: lookUp, isInDocs: true },
  { name: "connect", path: "/connect?entity=movie&group=ratings" },
  { name: "connect-dark", path: "/connect?entity=movie&group=ratings", look: "dark" },
  { name: "drift", path: "/drift", isInDocs: true },
  { name: "audit", path: "/audit" },
  { name: "users", path: "/admin/users" },
  { name: "change-password", path: "/change-password" },
  { name: "not-found", path: "/nowhere" },
];

/** Rates are there once the services were asked twice. */
async function waitForRates(page: Page): Promise<void> {
  await page
    .getByText(/^Checked/)
    .first()
    .waitFor();
  await page.getByText(/rates are there in a few seconds/).waitFor({ state: "detached" });
}

async function fillGroup(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Label", exact: true }).first().fill("shopping");
  await choose(page, "Store", /: user_features \(/);
  await choose(page, "Writer job", "daily_ratings");
  await page.getByLabel("Time to live").fill("604800");
  const feature = page.getByRole("group", { name: "feature 1", exact: true });
  await feature.getByLabel("Label").fill("orders_30d");
  const standard = page.getByRole("textbox", { name: "Default", exact: true });
  await afterCheck(page, () => standard.fill("0"));
}

/** Waits until the server has said what it thinks of what was typed. */
async function afterCheck(page: Page, type: () => Promise<void>): Promise<void> {
  const checked = page.waitForResponse(/\/preview\//);
  await type();
  await checked;
}

async function sendNothing(page: Page): Promise<void> {
  const table = page.getByRole("textbox", { name: "Table", exact: true });
  await afterCheck(page, () => table.fill("user features"));
  await page.getByRole("button", { name: "Send for approval" }).click();
  await page.getByRole("alert").first().waitFor();
}

async function lookUp(page: Page): Promise<void> {
  await page.getByLabel("movie_id").fill("inception");
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByRole("heading", { name: "Values of movie_id=inception" }).waitFor();
}
