import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXAMPLE } from "../../../horizon/test/discovery/support/example-tree.ts";
import { Instances } from "../../../horizon/test/fleet/support/instances.ts";
import { consumerMetrics, serverMetrics } from "../../../horizon/test/fleet/support/scrape.ts";
import { violationsOn } from "../browser/support/axe.ts";
import { type Console, startConsole } from "../browser/support/console.ts";
import { signIn } from "../browser/support/steps.ts";

/** The home page in front of a control plane that asks instances which do as they are told. */

const START_MS = 180_000;
const STORY_MS = 120_000;
const REPORT = "**/api/v1/horizon/fleet";
const TEN_DAYS_SECONDS = 864_000;
const NOT_READY = {
  status: "not-ready",
  checks: { log: { status: "failing", detail: { kafka: "away" } } },
};

const instances = new Instances();
let console_: Console;
let page: Page;
let reads = 0;
let isConsumerReady = true;

beforeAll(async () => {
  const server = await instances.start({
    "/metrics": (_, response) => {
      reads += 1_000;
      response.end(serverMetrics({ reads, hits: reads, misses: reads / 4 }));
    },
  });
  const consumer = await instances.start({
    "/metrics": consumerMetrics({
      lag: 1_234,
      oldestSeconds: 7,
      deadLetters: 5,
      lastWrites: { "user/core": Date.now() / 1000 - TEN_DAYS_SECONDS },
    }),
    "/ready": (_, response) => {
      const status = isConsumerReady ? 200 : 503;
      const report = isConsumerReady ? { status: "ready", checks: {} } : NOT_READY;
      response.writeHead(status).end(JSON.stringify(report));
    },
  });
  const services = `api-server=${server},consumer=${consumer}`;
  console_ = await startConsole({ env: { HORIZON_FLEET_SERVICES: services } });
  page = await console_.open();
  await page.goto("/login");
  await signIn(page, console_.admin.email, console_.admin.madePassword ?? "");
  await page.getByRole("heading", { name: "Home" }).waitFor();
}, START_MS);

afterAll(async () => {
  await console_.close();
  await instances.stop();
});

function figure(name: string) {
  return page.getByRole("group", { name, exact: true });
}

it(
  "shows how the services do, and numbers as soon as they are known",
  async () => {
    await page.getByText("All 2 instances are ready").waitFor();
    await page.getByText("Registry up to date (revision 5)").waitFor();
    await figure("Ingest lag").getByText("1,234").waitFor();
    await page.getByRole("row", { name: /events.*1,234.*7 s/ }).waitFor();
    // Rates come with the second look, which the page has by itself.
    await figure("Reads")
      .getByText(/^[\d,.]+ \/s$/)
      .waitFor();
    await figure("Read time, p99").getByText("2.49 ms").waitFor();
    await figure("In-process cache, hits").getByText("80 %").waitFor();
    await figure("Entities").getByText("0", { exact: true }).waitFor();
  },
  STORY_MS,
);

it(
  "shows by itself what has become of an instance, and why",
  async () => {
    isConsumerReady = false;
    await page.getByText("1 of 2 instances are ready").waitFor();
    await page.getByRole("row", { name: /consumer.*Not ready.*kafka.*away/ }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    isConsumerReady = true;
    await page.getByText("All 2 instances are ready").waitFor();
  },
  STORY_MS,
);

it(
  "says when it could not look, keeps what it knew, and goes on by itself",
  async () => {
    await page.route(REPORT, (route) =>
      route.fulfill({ status: 409, json: { error: "the fleet is asleep" } }),
    );
    const alert = page.getByRole("alert").filter({ hasText: "the state of the services" });
    await alert.getByText("the fleet is asleep What is shown may be out of date.").waitFor();
    expect(await page.getByText("All 2 instances are ready").isVisible()).toBe(true);
    await page.unroute(REPORT);
    await alert.waitFor({ state: "detached" });
  },
  STORY_MS,
);

it(
  "shows when a feature group was last written, from the home page to the group's",
  async () => {
    await console_.registry.write(
      Object.entries(EXAMPLE).map(([path, text]) => ({ path, value: Buffer.from(text) })),
    );
    await page.getByRole("link", { name: "user / core" }).click();
    await page.getByRole("heading", { name: "core" }).waitFor();
    await page.getByText("10 days ago").waitFor();
    await page.getByText("not since the services started").waitFor();
    await page.getByRole("link", { name: "user", exact: true }).click();
    await page.getByRole("row", { name: /core.*10 days ago/ }).waitFor();
    await page.getByRole("row", { name: /tags.*not since the services started/ }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
  },
  STORY_MS,
);

it("had no faults of its own", () => {
  expect(console_.faults).toEqual([]);
});
