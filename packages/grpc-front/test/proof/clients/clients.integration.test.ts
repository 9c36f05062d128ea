import { findGo, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProofTarget } from "../support/proof-target.ts";
import { type ClientProgram, goClient, javaClient, pythonClient } from "./client-programs.ts";

/** For toolchains and packages to be fetched, the first time, and for the run. */
const TIMEOUT_MS = 600_000;

/** How often the clients repeat everything: a number above 1 makes it a long run. */
const SCALE = Number(process.env["OFS_CLIENT_SCALE"] ?? 1);
const MANY_CHECKS = 10;

let target: ProofTarget;

beforeEach(async () => {
  target = await ProofTarget.start("front");
});

afterEach(async () => {
  await target.close();
});

async function expectAllWell(client: ClientProgram): Promise<void> {
  const results = await client(target, SCALE);
  expect(Object.entries(results).filter(([, fault]) => fault !== "")).toEqual([]);
  expect(Object.keys(results).length).toBeGreaterThanOrEqual(MANY_CHECKS);
  // Cancellations and deadlines reach the handlers, and nothing stays of calls or connections.
  await waitUntil(async () => (await target.state()).connections === 0, { what: "no connections" });
  const { aborts, front } = await target.state();
  expect(front).toMatchObject({ connectionCount: 0, openStreamCount: 0, heldBytes: 0 });
  expect(aborts.hanging).toBe(0);
  expect(aborts.cancelled).toBeGreaterThan(0);
  expect(aborts.deadline).toBeGreaterThan(0);
}

const go = await findGo();
const reason = "missing" in go ? ` (skipped: ${go.missing})` : "";

test.skipIf("missing" in go)(`grpc-go${reason}`, { timeout: TIMEOUT_MS }, async () => {
  await expectAllWell(await goClient());
});

test("grpc-netty of grpc-java", { timeout: TIMEOUT_MS }, async () => {
  await expectAllWell(await javaClient());
});

test("grpcio of Python", { timeout: TIMEOUT_MS }, async () => {
  await expectAllWell(await pythonClient());
});
