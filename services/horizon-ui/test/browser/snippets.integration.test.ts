import { findOnPath } from "@ofs/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedFleet, startEmbeddedFleet } from "./support/fleet.ts";
import {
  findGrpcurl,
  type Program,
  pythonProgram,
  shellProgram,
  typescriptProgram,
} from "./support/programs.ts";
import { enter } from "./support/steps.ts";

const START_MS = 240_000;
const INSTALL_MS = 400_000;
const RUN_MS = 240_000;

/** Caller of the sample, and its token. */
const CALLER = "quickstart";

/** Groups of the sample, one of each form that values have, and what is read after the code has written. */
const GROUPS = [
  { entity: "movie", group: "ratings", written: /0\.5/ },
  { entity: "movie", group: "facts", written: /\ba\b/ },
  { entity: "movie", group: "flags", written: /true/i },
  { entity: "movie", group: "embedding", written: /0\.5/ },
  { entity: "route", group: "counts", written: /\b1\b/ },
] as const;

let fleet: EmbeddedFleet;
let page: Page;

beforeAll(async () => {
  fleet = await startEmbeddedFleet();
  page = await fleet.open();
  await enter(page, fleet.admin.email, fleet.admin.password);
}, START_MS);

afterAll(() => fleet.close());

/** Takes the code from the page, runs what writes and then what reads. */
async function pasteAll(language: string, program: Program): Promise<void> {
  for (const { entity, group, written } of GROUPS) {
    await page.goto(`/connect?entity=${entity}&group=${group}`);
    await page.getByLabel("Address of the feature store").fill(fleet.address);
    await page.getByLabel("Id of your client").fill(CALLER);
    await page.getByRole("tab", { name: language, exact: true }).click();
    const code = async (what: string): Promise<string> =>
      (await page.getByLabel(`${what} with ${language}`).textContent()) ?? "";
    await program.run(await code("Write"), CALLER);
    const output = await program.run(await code("Read"), CALLER);
    // Keys are 42, so that none of them is taken for a value.
    expect({ entity, group, output }).toMatchObject({ output: expect.stringMatching(written) });
  }
  await program.close();
  expect(fleet.faults).toEqual([]);
}

it("shows TypeScript that runs", () => pasteAll("TypeScript", typescriptProgram), RUN_MS);

it(
  "shows Python that runs",
  async () => pasteAll("Python", await pythonProgram()),
  INSTALL_MS + RUN_MS,
);

const curl = await findOnPath("curl");
it.skipIf(curl === undefined)(
  "shows commands for curl that run",
  () => pasteAll("curl", shellProgram()),
  RUN_MS,
);

const go = await findOnPath("go");
it.skipIf(go === undefined)(
  "shows commands for grpcurl that run",
  async () => pasteAll("grpcurl", shellProgram(await findGrpcurl())),
  INSTALL_MS + RUN_MS,
);
