import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestTable } from "../../../populator/test/support/test-table.ts";
import { ENTITY, KEY } from "../live/feature-rows.ts";
import { type Rolled, type RollingFleet, startRollingFleet } from "./rolling-fleet.ts";
import { CALLERS, RollingLoad } from "./rolling-load.ts";

/** How often each process is restarted; more for a long drill. */
const { OFS_ROLLING_ROUNDS = "1" } = process.env;
const ROUNDS = Math.min(Number(OFS_ROLLING_ROUNDS), 50);
const START_MS = 240_000;
const TEST_MS = 120_000 + ROUNDS * 120_000;
const DONE_MS = 90_000;
/** Of the table that is read meanwhile, at 50 a second and process. */
const TABLE_ROWS = 600;
const FILES = 6;
const RUN = "rolled";

const folder = mkdtempSync(join(tmpdir(), "ofs-rolling-"));
let fleet: RollingFleet | undefined;

beforeAll(async () => {
  fleet = await startRollingFleet(CALLERS);
}, START_MS);

afterAll(async () => {
  await fleet?.close();
  rmSync(folder, { recursive: true, force: true });
}, START_MS);

/** One after the other, as an upgrade does: the next one goes when clients are back at the one before. */
async function roll(service: Rolled, isBack: (origin: string) => Promise<boolean>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, origin] of service.origins.entries()) {
      await service.restart(index);
      await waitUntil(() => isBack(origin), { what: `clients at ${origin}`, timeoutMs: DONE_MS });
    }
  }
}

/** Whether an api-server has answered all callers of the load since it was started. */
async function hasClients(origin: string): Promise<boolean> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const calls = text.split("\n").filter((line) => /^ofs_grpc_server_requests_total\{/.test(line));
  return CALLERS.every((caller) => calls.some((line) => line.includes(`caller_id="${caller}"`)));
}

async function tableOf(rows: number): Promise<string> {
  const table = new TestTable(join(folder, "table"), { [KEY]: "string", a: "float", b: "float" });
  const step = rows / FILES;
  const queries = Array.from({ length: FILES }, (_, file) => {
    const range = `range(${file * step}, ${(file + 1) * step})`;
    return `select 't' || i as ${KEY}, i::float as a, -i::float as b from ${range} t(i)`;
  });
  await table.commit(...queries);
  return table.path;
}

// biome-ignore lint/suspicious/noExplicitAny: what it holds is what the test looks into
async function callPopulator({ origins }: Rolled, path: string, body?: object): Promise<any> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const reply = await fetch(`${origins[0]}${path}`, init);
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${text}`);
  return JSON.parse(text).data;
}

test(
  `all processes are restarted, and no client notices (${ROUNDS} rounds)`,
  async (context) => {
    if (fleet === undefined) throw new Error("there is no fleet");
    const { services } = fleet;
    const load = new RollingLoad(fleet);
    await load.start();
    try {
      await callPopulator(services.populator, "/table/read", {
        tableName: RUN,
        path: await tableOf(TABLE_ROWS),
        entityLabel: ENTITY,
        topicName: fleet.topic,
        startVersion: 0,
        endVersion: 0,
      });
      await Promise.all(
        Object.values(services).map((service) =>
          roll(service, service.service === "api-server" ? hasClients : async () => true),
        ),
      );
      await waitUntil(
        async () => {
          const status = await callPopulator(services.populator, `/table/status?name=${RUN}`);
          return status.state === "COMPLETED" && status.sentCount === TABLE_ROWS;
        },
        { what: "the run to be complete", timeoutMs: DONE_MS },
      );
    } finally {
      await load.stop();
    }
    await context.annotate(JSON.stringify(load.counts));
    expect(load.failures.join("\n")).toBe("");
    for (const count of Object.values(load.counts)) expect(count).toBeGreaterThan(ROUNDS * 10);
    const lost = async (): Promise<boolean> => (await load.lost()).length === 0;
    await waitUntil(lost, { what: "all that was acknowledged", timeoutMs: DONE_MS });
    const keys = Array.from({ length: TABLE_ROWS }, (_, n) => `t${n}`);
    await waitUntil(async () => (await load.missing(keys)) === 0, {
      what: "all rows of the table",
      timeoutMs: DONE_MS,
    });
    expect(await fleet.letterCount()).toBe(0);
    load.close();
  },
  TEST_MS,
);
