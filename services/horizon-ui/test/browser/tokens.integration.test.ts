import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Console, startConsole } from "./support/console.ts";
import { approve, choose, enter, takeToken } from "./support/steps.ts";

const START_MS = 180_000;
const STORY_MS = 180_000;

let console_: Console;

beforeAll(async () => {
  console_ = await startConsole();
}, START_MS);

afterAll(() => console_.close());

/** The registry's value of the client. */
async function client(): Promise<Record<string, unknown>> {
  const { entries } = await console_.registry.load(AbortSignal.timeout(START_MS));
  return JSON.parse(Buffer.from(entries.get("security/reader/ranker") ?? "{}").toString());
}

async function openClients(page: Page): Promise<void> {
  await page.goto("/jobs");
  await page.getByRole("tab", { name: "Clients" }).click();
  await page.getByRole("cell", { name: "ranker", exact: true }).waitFor();
}

it(
  "a client gets scopes and a token, a second one beside the first, and none after a revocation",
  async () => {
    const page = await console_.open();
    const { email, madePassword = "" } = console_.admin;
    await enter(page, email, madePassword);
    await page.goto("/requests/new/job?type=reader");
    await page.getByRole("textbox", { name: "Id", exact: true }).fill("ranker");
    await page.getByRole("checkbox", { name: "write features" }).uncheck();
    await page.getByRole("button", { name: "Send for approval" }).click();
    const first = await takeToken(page);
    await approve(page);
    expect(await client()).toEqual({ token: first, scopes: { access: ["read"] } });

    await openClients(page);
    await page.getByText("Active", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Rotate the token of ranker" }).click();
    await page.getByLabel("How long the old token works on").fill("3600");
    await page.getByRole("button", { name: "Send for approval" }).click();
    const second = await takeToken(page);
    expect(second).not.toBe(first);
    await approve(page);
    expect(await client()).toMatchObject({ token: second, previous: { token: first } });

    await openClients(page);
    await page.getByText(/^Old token works until/).waitFor();
    await page.getByRole("button", { name: "Revoke the tokens of ranker" }).click();
    await page.getByRole("dialog").getByLabel("Reason").fill("found in a repository");
    await page.getByRole("button", { name: "Revoke now" }).click();
    await page.getByText("Revoked", { exact: true }).waitFor();
    expect(await client()).toMatchObject({ revoked: true, scopes: { access: ["read"] } });
    expect(JSON.stringify(await client())).not.toContain(second);
    expect(await page.getByRole("button", { name: /^Revoke the tokens/ }).count()).toBe(0);

    await page.goto("/requests/new/job-rotate");
    await choose(page, "Job or client", "ranker");
    await page.getByText("Its tokens were revoked").waitFor();
    await page.getByLabel("It may call again").check();
    await page.getByRole("button", { name: "Send for approval" }).click();
    const third = await takeToken(page);
    await approve(page);
    expect(await client()).toEqual({ token: third, scopes: { access: ["read"] } });
    expect(console_.faults).toEqual([]);
  },
  STORY_MS,
);
