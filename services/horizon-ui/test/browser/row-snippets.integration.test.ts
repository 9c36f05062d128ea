import {
  findOnPath,
  freePort,
  installPythonPackages,
  startProcess,
  type TestProcess,
} from "@ofs/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COLUMN_TYPES } from "../../src/model/rows.ts";
import { type Console, startConsole } from "./support/console.ts";
import { SOURCE_OPTIONS, serviceFolder } from "./support/fleet.ts";
import { type Program, plainPython, shellProgram, typescriptProgram } from "./support/programs.ts";
import { column, RowClient, rowEntityBody, rowGroupBody } from "./support/row-seeds.ts";
import { enter } from "./support/steps.ts";

const START_MS = 240_000;
const INSTALL_MS = 400_000;
const RUN_MS = 120_000;
const READY_MS = 120_000;
const REQUESTS_VERSION = "2.32.5";

/** One column of each type, as many as the code names at once. */
const TYPES = Object.keys(COLUMN_TYPES);
const GROUPS = [
  { name: "first_types", types: TYPES.slice(0, 8) },
  { name: "other_types", types: TYPES.slice(8) },
];

let console_: Console;
let server: TestProcess;
let address: string;
let page: Page;

beforeAll(async () => {
  console_ = await startConsole({ env: { ROW_ENABLED: "true" } });
  const client = new RowClient(console_.origin, undefined);
  await client.send("POST", "/entity", { ...rowEntityBody("players") });
  for (const { name, types } of GROUPS) {
    const columns = types.map((type) => column(`a_${type.toLowerCase()}`, type));
    await client.send("POST", "/feature-group", rowGroupBody(name, "players", columns));
  }
  const port = await freePort();
  server = await startProcess({
    script: "src/main.ts",
    nodeOptions: SOURCE_OPTIONS,
    cwd: serviceFolder("api-server"),
    env: {
      OFS_DATA_FOLDER: console_.dataFolder,
      APP_NAME: "onfs",
      APP_HOST: "127.0.0.1",
      APP_PORT: String(await freePort()),
      ROW_ENABLED: "true",
      ROW_PORT: String(port),
    },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_MS,
  });
  address = `http://127.0.0.1:${port}`;
  page = await console_.open();
  await enter(page, console_.admin.email, console_.admin.madePassword ?? "");
}, START_MS);

afterAll(async () => {
  await server.stop();
  await console_.close();
});

/** Takes the code from the page, runs what writes and then what reads. */
async function pasteAll(language: string, program: Program): Promise<void> {
  for (const { name } of GROUPS) {
    await page.goto(`/rows/groups/${name}?tab=code`);
    await page.getByLabel("Address of the feature store").fill(address);
    await page.getByRole("tab", { name: language, exact: true }).click();
    const code = async (what: string): Promise<string> =>
      (await page.getByLabel(`${what} with ${language}`).textContent()) ?? "";
    const written = await program.run(await code("Write"), "");
    expect({ name, written }).toMatchObject({ written: expect.stringMatching(/\[\]/) });
    const read = await program.run(await code("Read"), "");
    // A key that was found, with all of its values.
    expect({ name, read }).toMatchObject({ read: expect.stringMatching(/features/) });
    expect(read).not.toMatch(/null|None/);
  }
  await program.close();
  expect(console_.faults).toEqual([]);
}

const curl = await findOnPath("curl");
it.skipIf(curl === undefined)(
  "shows commands for curl that run",
  () => pasteAll("curl", shellProgram()),
  RUN_MS,
);

it("shows TypeScript that runs", () => pasteAll("TypeScript", typescriptProgram), RUN_MS);

it(
  "shows Python that runs",
  async () => {
    const packages = [`requests==${REQUESTS_VERSION}`];
    const python = await installPythonPackages(`requests-${REQUESTS_VERSION}`, packages);
    await pasteAll("Python", plainPython(python));
  },
  INSTALL_MS + RUN_MS,
);
