import { rmSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type EmbeddedFleet, startEmbeddedFleetOn } from "../live/embedded-fleet.ts";
import { connect } from "../live/feature-rows.ts";
import { SteadyLoad } from "../live/steady-load.ts";
import { cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type AskedFleet, readEverything, writeRows } from "./everything.ts";

const LIMIT = { timeout: 240_000 };
const CONSUMED_MS = 60_000;
/** Calls of the load before and after a backup. */
const SOME_CALLS = 20;

let temporary: ReturnType<typeof temporaryFolder>;
let dataFolder: string;
const undo: (() => Promise<void>)[] = [];

beforeEach(() => {
  temporary = temporaryFolder();
  dataFolder = join(temporary.path, "data");
});

afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one();
  temporary.remove();
});

async function start(isNew: boolean): Promise<EmbeddedFleet & AskedFleet> {
  const fleet = await startEmbeddedFleetOn(dataFolder, isNew);
  undo.push(() => fleet.close());
  const client = connect(fleet.addresses[0] as string);
  undo.push(async () => client.close());
  return { ...fleet, client };
}

async function stop(): Promise<void> {
  for (const one of undo.splice(0).toReversed()) await one();
}

async function backUp(name: string): Promise<string> {
  const folder = join(temporary.path, name);
  const run = await cliRun(["backup", folder, "--data-folder", dataFolder]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  return folder;
}

async function restore(folder: string): Promise<void> {
  rmSync(dataFolder, { recursive: true });
  const run = await cliRun(["restore", folder, "--data-folder", dataFolder]);
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
}

it("backs up a fleet that runs, and brings all of it back", LIMIT, async () => {
  const fleet = await start(true);
  await writeRows(fleet);
  const load = new SteadyLoad(fleet, [fleet.client]);
  await load.start();
  const some = async (): Promise<void> => {
    const from = load.counts.records;
    await waitUntil(async () => load.counts.records >= from + SOME_CALLS, { what: "the load" });
  };
  await some();
  const acknowledged = load.acknowledged();
  const underLoad = await backUp("under-load");
  await some();
  await load.stop();
  expect(load.failures).toEqual([]);
  await waitUntil(() => load.isConsumed(), { what: "all messages", timeoutMs: CONSUMED_MS });

  const refused = await cliRun(["restore", underLoad, "--data-folder", dataFolder, "--replace"]);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/process \d+/) });

  const expected = await readEverything(fleet);
  const quiet = await backUp("quiet");
  await stop();
  await restore(quiet);
  const restored = await start(false);
  expect(await readEverything(restored)).toEqual(expected);
  await stop();

  // What was acknowledged before a backup is in it; later values may be, too.
  await restore(underLoad);
  const earlier = await start(false);
  await waitUntil(() => acknowledged.isReadable(earlier.client), {
    what: "what was acknowledged before the backup",
    timeoutMs: CONSUMED_MS,
  });
  const { requests, users, rows } = expected;
  expect(await readEverything(earlier)).toMatchObject({ requests, users, rows });
});
