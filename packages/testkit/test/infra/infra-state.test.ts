import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isSameProcess, isUp, parseState } from "../../src/infra/infra-state.ts";
import { processIdentity } from "../../src/infra/process-identity.ts";

const redis = {
  name: "redis",
  address: "127.0.0.1:1",
  folder: "/nowhere",
  processes: [{ pid: process.pid, identity: "another start time", logFile: "/nowhere/log" }],
};

test("reads back what was written", () => {
  expect(parseState(JSON.stringify([redis]))).toEqual([redis]);
  expect(parseState("[]")).toEqual([]);
});

test.each([
  ["{}", "not a list of servers"],
  ["[3]", "not a server: 3"],
  [JSON.stringify([{ ...redis, name: "mongo" }]), 'not a server: {"name":"mongo"'],
  [JSON.stringify([{ ...redis, processes: [{ pid: "1" }] }]), "not a server"],
  ["[", "JSON"],
])("refuses %s", (text, message) => {
  expect(() => parseState(text)).toThrow(message);
});

test("a process is known by its start time, not by its pid alone", async () => {
  const identity = (await processIdentity(process.pid)) ?? "";
  expect(identity).not.toBe("");
  expect(await isSameProcess({ pid: process.pid, identity, logFile: "" })).toBe(true);
  expect(await isSameProcess({ pid: process.pid, identity: "1", logFile: "" })).toBe(false);
});

test("a process that has ended has no identity", async () => {
  const child = spawn("true");
  await once(child, "exit");
  expect(await processIdentity(child.pid ?? 0)).toBeUndefined();
});

test("a recorded server whose process is gone is not up", async () => {
  const [server] = parseState(JSON.stringify([redis]));
  expect(server && (await isUp(server))).toBe(false);
});
