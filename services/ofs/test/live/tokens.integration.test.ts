import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Horizon, loadConfig, startHorizon } from "@ofs/horizon";
import { createLogger } from "@ofs/platform";
import { entityTree, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  COMMON_TREE,
  LiveServer,
  Opened,
  RegistryHome,
} from "../../../api-server/test/registry/support/live-server.ts";
import type { ScenarioClient } from "../../../api-server/test/scenarios/scenario-client.ts";
import { Operator } from "../../../horizon/test/support/operator.ts";
import { ADMIN } from "./live-fleet.ts";

const OK = 0;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Seconds are promised; a busy machine may take longer. */
const SEEN_MS_MAX = 20_000;
const START_MS_MAX = 120_000;
const DAY_MS = 86_400_000;
const MARGIN_MS = 1_800_000;

const CALLER = { "job-type": "reader", "job-id": "ranker" };

const opened = new Opened();
let operator: Operator;
/** The first one's clock is the test's. */
let servers: [LiveServer, LiveServer];

beforeAll(async () => {
  const home = opened.add(new RegistryHome());
  const groups = { scores: { id: 0, type: "Int32", versions: [{ a: {} }] } };
  await home.write({
    ...COMMON_TREE,
    ...entityTree("one", ["id"], groups),
    ...entityTree("two", ["id"], groups),
  });
  const horizon = opened.add(await openHorizon(home));
  const admin = { email: ADMIN.ADMIN_EMAIL, madePassword: ADMIN.ADMIN_PASSWORD };
  operator = await Operator.signIn(`http://127.0.0.1:${horizon.port}`, admin);
  servers = await Promise.all([
    LiveServer.start({ home, hasClock: true }),
    LiveServer.start({ home }),
  ]);
  for (const server of servers) opened.add(server);
}, START_MS_MAX);

afterAll(() => opened.close(), START_MS_MAX);

/** A control plane over the servers' registry, with a database of its own. */
async function openHorizon(home: RegistryHome): Promise<Horizon> {
  const folder = mkdtempSync(join(tmpdir(), "ofs-tokens-"));
  opened.add({ close: () => rmSync(folder, { recursive: true }) });
  const config = loadConfig({
    ...ADMIN,
    OFS_DATA_FOLDER: folder,
    ETCD_SERVER: home.etcd.text,
    ONLINE_FEATURE_STORE_APP_NAME: home.name,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
  });
  const horizon = await startHorizon(config, {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    onFirstAdmin: () => undefined,
  });
  await horizon.waitUntilReady(START_MS_MAX);
  return horizon;
}

/** Asks for a token and has it approved. @returns the one that was shown */
async function ask(path: string, body: Readonly<Record<string, unknown>>): Promise<string> {
  const { token, approve } = await askOnly(path, body);
  await approve();
  return token;
}

async function askOnly(path: string, body: Readonly<Record<string, unknown>>) {
  const { status, body: made, text } = await operator.call("POST", path, body);
  expect(status, text).toBe(200);
  const approve = () =>
    operator.approve({ submit: path, decide: "process-job", body }, made["request-id"]);
  return { token: String(made.token), approve };
}

/** What each server says to a read with the token. */
function codesOf(token: string, entity = "one"): Promise<number[]> {
  return Promise.all(
    servers.map(async (server) => {
      const client = server.clientOf("ranker", token);
      const code = await read(client, entity);
      client.close();
      return code;
    }),
  );
}

async function read(client: ScenarioClient, entity = "one"): Promise<number> {
  try {
    await client.hex(entity, ["id"], { scores: ["a"] }, ["k"]);
    return OK;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

async function waitForCodes(token: string, ...expected: readonly number[]): Promise<void> {
  const isSo = async () => (await codesOf(token)).join() === expected.join();
  await waitUntil(isSo, { what: `the codes ${expected.join()}`, timeoutMs: SEEN_MS_MAX });
}

test(
  "a rotation fails no call, the old token ends by the server's clock, a revocation holds",
  async () => {
    const old = await ask("register-job", { ...CALLER, scopes: { entities: ["one"] } });
    await waitForCodes(old, OK, OK);
    expect(await codesOf(old, "two")).toEqual([PERMISSION_DENIED, PERMISSION_DENIED]);

    const clients = servers.map((server) => opened.add(server.clientOf("ranker", old)));
    const seen = new Map<number, number>();
    let isOver = false;
    const load = clients.map(async (client) => {
      while (!isOver) {
        const code = await read(client);
        seen.set(code, (seen.get(code) ?? 0) + 1);
        await pause(3);
      }
    });

    const rotation = await askOnly("rotate-job-token", CALLER);
    expect(await codesOf(rotation.token)).toEqual([UNAUTHENTICATED, UNAUTHENTICATED]);
    await rotation.approve();
    await waitForCodes(rotation.token, OK, OK);
    expect(await codesOf(old)).toEqual([OK, OK]);
    expect(await codesOf(rotation.token, "two")).toEqual([PERMISSION_DENIED, PERMISSION_DENIED]);
    for (const client of clients) {
      client.headers.set("online-feature-store-auth-token", rotation.token);
    }

    // No call may be under way when the clock jumps: it would take its own deadline for passed.
    const before = seen.get(OK) ?? 0;
    const hasGoneOn = () => seen.size > 1 || (seen.get(OK) ?? 0) > before + 20;
    await waitUntil(hasGoneOn, { what: "calls with the new token" });
    isOver = true;
    await Promise.all(load);
    expect([...seen.keys()]).toEqual([OK]);

    const [ahead] = servers;
    const revision = await ahead.revision();
    ahead.process.clock.jump(DAY_MS - MARGIN_MS);
    expect(await codesOf(old)).toEqual([OK, OK]);
    ahead.process.clock.jump(2 * MARGIN_MS);
    expect(await codesOf(old)).toEqual([UNAUTHENTICATED, OK]);
    expect(await ahead.revision()).toBe(revision);
    expect(await codesOf(rotation.token)).toEqual([OK, OK]);

    expect((await operator.call("POST", "revoke-job-tokens", CALLER)).status).toBe(200);
    await waitForCodes(rotation.token, UNAUTHENTICATED, UNAUTHENTICATED);
    expect(await codesOf(old)).toEqual([UNAUTHENTICATED, UNAUTHENTICATED]);
    const restored = await ask("rotate-job-token", { ...CALLER, restore: true });
    await waitForCodes(restored, OK, OK);
    expect(await codesOf(rotation.token)).toEqual([UNAUTHENTICATED, UNAUTHENTICATED]);
  },
  START_MS_MAX,
);
