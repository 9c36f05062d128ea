import { createHash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ServiceError } from "@grpc/grpc-js";
import { entityTree, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ScenarioClient, writeOf } from "../scenarios/scenario-client.ts";
import {
  COMMON_TREE,
  LiveServer,
  Opened,
  RegistryHome,
  type WrittenRow,
} from "./support/live-server.ts";

const OK = 0;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** A revoked token may still be taken for so long: the watch, a burst's folding, a busy machine. */
const REVOCATION_MS_MAX = 3_000;

const opened = new Opened();
let home: RegistryHome;
let servers: LiveServer[];

beforeAll(async () => {
  home = opened.add(new RegistryHome());
  const groups = { scores: { id: 0, type: "Int32", versions: [{ a: {} }] } };
  await home.write({
    ...COMMON_TREE,
    ...entityTree("one", ["id"], groups),
    ...entityTree("two", ["id"], groups),
  });
  servers = await Promise.all([LiveServer.start({ home }), LiveServer.start({ home })]);
  for (const server of servers) opened.add(server);
});

afterAll(() => opened.close());

async function publish(caller: string, value: object | undefined): Promise<void> {
  const path = `security/reader/${caller}`;
  const text = value === undefined ? undefined : JSON.stringify(value);
  const revision = await home.write({ [path]: text });
  for (const server of servers) await server.waitForRevision(revision);
}

async function codeOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return OK;
  } catch (error) {
    return (error as ServiceError).code;
  }
}

function read(client: ScenarioClient, entity = "one"): Promise<number> {
  return codeOf(client.hex(entity, ["id"], { scores: ["a"] }, ["k"]));
}

function write(client: ScenarioClient, entity = "one"): Promise<number> {
  const row: WrittenRow = [[randomUUID()], { int32Values: [1] }];
  return codeOf(client.persist(writeOf(entity, ["id"], { scores: ["a"] }, row)));
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** One client a server, all the same caller. */
function clientsOf(caller: string, token: string): ScenarioClient[] {
  return servers.map((server) => opened.add(server.clientOf(caller, token)));
}

describe("a token that is rotated", () => {
  test("fails no call of a caller that follows, over several rotations under load", async () => {
    const caller = `rotating-${randomUUID()}`;
    let token = "token-0";
    await publish(caller, { token });
    const clients = clientsOf(caller, token);
    const codes = new Map<number, number>();
    let isOver = false;
    const load = clients.flatMap((client) =>
      [read, write].map(async (call) => {
        while (!isOver) {
          client.headers.set("online-feature-store-auth-token", token);
          const code = await call(client);
          codes.set(code, (codes.get(code) ?? 0) + 1);
          await pause(3);
        }
      }),
    );
    for (let round = 1; round <= 6; round += 1) {
      const next = `token-${round}`;
      const sha256 = createHash("sha256").update(next).digest("hex");
      const previous = { token, until: nowSeconds() + 3_600 };
      await publish(caller, round % 2 === 0 ? { sha256, previous } : { token: next, previous });
      const old = servers.map((server) => opened.add(server.clientOf(caller, token)));
      for (const client of old) expect(await read(client)).toBe(OK);
      token = next;
      await pause(100);
      await publish(caller, round % 2 === 0 ? { sha256 } : { token: next });
      for (const client of old) expect(await read(client)).toBe(UNAUTHENTICATED);
    }
    isOver = true;
    await Promise.all(load);
    expect([...codes.keys()]).toEqual([OK]);
    expect(codes.get(OK)).toBeGreaterThan(100);
  });

  test("is refused when its time of grace is over, without any change of the registry", async () => {
    const caller = `grace-${randomUUID()}`;
    const until = nowSeconds() + 3;
    await publish(caller, { token: "new", previous: { token: "old", until } });
    const [[old], [current]] = [clientsOf(caller, "old"), clientsOf(caller, "new")] as const;
    if (old === undefined || current === undefined) throw new Error("no client");
    expect(await read(old)).toBe(OK);
    const isRefused = async () => (await read(old)) === UNAUTHENTICATED;
    await waitUntil(isRefused, { what: "the end of the grace", timeoutMs: 6_000 });
    expect(Date.now() / 1_000).toBeGreaterThanOrEqual(until);
    expect(await read(current)).toBe(OK);
  });
});

describe("a token that is revoked", () => {
  test.each<[string, object | string | undefined]>([
    ["by removing the caller", undefined],
    ["by another token", { token: "another" }],
    ["by a value that cannot be read", "{not JSON"],
  ])("%s is refused within a bounded time, and stays refused", async (_, value) => {
    const caller = `revoked-${randomUUID()}`;
    await publish(caller, { token: "mine" });
    const clients = clientsOf(caller, "mine");
    for (const client of clients) expect(await read(client)).toBe(OK);
    const text = typeof value === "object" ? JSON.stringify(value) : value;
    await home.write({ [`security/reader/${caller}`]: text });
    const startMs = performance.now();
    for (const client of clients) {
      const isRefused = async () => (await read(client)) === UNAUTHENTICATED;
      await waitUntil(isRefused, { what: "the refusal", timeoutMs: 10_000, intervalMs: 5 });
    }
    expect(performance.now() - startMs).toBeLessThan(REVOCATION_MS_MAX);
    for (const client of clients) {
      const later = await Promise.all(Array.from({ length: 20 }, () => read(client)));
      expect(new Set(later)).toEqual(new Set([UNAUTHENTICATED]));
    }
  });
});

describe("scopes", () => {
  test("follow the registry while the caller calls", async () => {
    const caller = `scoped-${randomUUID()}`;
    const calls = async (): Promise<number[]> => {
      const all = clientsOf(caller, "t").map(async (client) => [
        await read(client, "one"),
        await read(client, "two"),
        await write(client, "one"),
      ]);
      const [first, second] = await Promise.all(all);
      expect(second).toEqual(first);
      return first ?? [];
    };
    const token = "t";
    await publish(caller, { token });
    expect(await calls()).toEqual([OK, OK, OK]);
    await publish(caller, { token, scopes: { entities: ["one"] } });
    expect(await calls()).toEqual([OK, PERMISSION_DENIED, OK]);
    await publish(caller, { token, scopes: { entities: ["two"], access: ["read"] } });
    expect(await calls()).toEqual([PERMISSION_DENIED, OK, PERMISSION_DENIED]);
    await publish(caller, { token, scopes: { access: ["write"] } });
    expect(await calls()).toEqual([PERMISSION_DENIED, PERMISSION_DENIED, OK]);
    await publish(caller, { token });
    expect(await calls()).toEqual([OK, OK, OK]);
  });
});
