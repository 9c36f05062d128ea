import { createLogger, type Logger } from "@ofs/platform";
import {
  encodeConsumer,
  MemoryRegistrySource,
  openRegistry,
  openRowRegistry,
  type RegistrySource,
} from "@ofs/registry";
import { expect, onTestFinished, test } from "vitest";
import { checkRegistry, checkRowRegistry } from "../src/check-registry.ts";

const log: Logger = createLogger({ service: "t", level: "DISABLED" });

const AWAY: RegistrySource = {
  name: "away",
  load: () => Promise.reject(new Error("refused")),
  lastChange: () => Promise.reject(new Error("refused")),
  watch: () => () => Promise.resolve(),
  write: () => Promise.reject(new Error("refused")),
  close: () => Promise.resolve(),
};

const STORE = {
  "storage/stores/7/db-type": "scylla",
  "storage/stores/7/conf-id": "9",
  "storage/stores/7/table": "users",
  "storage/stores/7/primary-keys": "user_id",
  "storage/stores/7/max-column-size-in-bytes": "1024",
  "storage/stores/7/max-row-size-in-bytes": "10240",
  "storage/stores/7/table-ttl": "0",
};

async function openBlocks(source: RegistrySource) {
  const registry = await openRegistry({ source, log });
  onTestFinished(() => registry.close());
  return registry;
}

async function openRows(source: RegistrySource) {
  const registry = await openRowRegistry({ source, log });
  onTestFinished(() => registry.close());
  return registry;
}

test("a registry that is being opened, or has nothing yet, fails", async () => {
  expect(checkRegistry(undefined, () => true)).toEqual({
    status: "failing",
    detail: { error: "the registry is being opened" },
  });
  expect(checkRowRegistry(undefined)).toEqual({
    status: "failing",
    detail: { error: "the row registry is being opened" },
  });
  const failing = {
    status: "failing",
    detail: { source: "away", isLive: false, error: "refused", faultCount: 0, faults: [] },
  };
  expect(checkRegistry(await openBlocks(AWAY), () => true)).toMatchObject(failing);
  expect(checkRowRegistry(await openRows(AWAY))).toMatchObject(failing);
});

test("a store without a connection is a warning", async () => {
  const registry = await openBlocks(new MemoryRegistrySource(STORE));
  expect(checkRegistry(registry, () => true)).toMatchObject({
    status: "ok",
    detail: { isLive: true, loadedFrom: "source", unconnectedStores: [] },
  });
  expect(checkRegistry(registry, ({ confId }) => confId !== 9)).toMatchObject({
    status: "warning",
    detail: { unconnectedStores: ["store 7: no scylla connection with conf-id 9"] },
  });
});

test("faults are a warning: their number, and the first of them", async () => {
  const { path, value } = encodeConsumer({
    tenantName: "t",
    topicName: "topic",
    numPartitions: 1,
    numConsumers: 1,
    updatedAt: 1,
  });
  expect(
    checkRowRegistry(await openRows(new MemoryRegistrySource({ [path]: value }))),
  ).toMatchObject({ status: "ok", detail: { isLive: true, faultCount: 0 } });
  const broken = Array.from({ length: 25 }, (_, index) => [`entities/e${index}`, "{"] as const);
  const registry = await openRows(new MemoryRegistrySource(Object.fromEntries(broken)));
  const { status, detail } = checkRowRegistry(registry);
  expect(status).toBe("warning");
  expect(detail).toMatchObject({ faultCount: 25, faults: { length: 20 } });
});
