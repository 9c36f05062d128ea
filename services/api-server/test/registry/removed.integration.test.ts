import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ServiceError } from "@grpc/grpc-js";
import type { persist } from "@ofs/proto";
import { entityTree, serverAddress, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Asked, writeOf } from "../scenarios/scenario-client.ts";
import {
  type Changes,
  COMMON_TREE,
  LiveServer,
  Opened,
  RegistryHome,
  type WrittenRow,
} from "./support/live-server.ts";

const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

const REFRESH = 'event="refresh"';

const opened = new Opened();
let home: RegistryHome;
let server: LiveServer;

function groupsOf(entity: string) {
  return entityTree(entity, ["id"], {
    kept: { id: 0, type: "Int32", storeId: "2", process: true, versions: [{ a: {} }] },
    moved: { id: 1, type: "Int32", storeId: "2", process: true, versions: [{ b: {} }] },
  });
}

const TREE = { ...COMMON_TREE, ...groupsOf("item"), ...groupsOf("other") };

beforeAll(async () => {
  home = opened.add(new RegistryHome());
  await home.write(TREE);
  server = opened.add(await LiveServer.start({ home, redis: serverAddress("redis") }));
});

afterAll(() => opened.close());

function below(prefix: string): Changes {
  return Object.fromEntries(Object.entries(TREE).filter(([path]) => path.startsWith(prefix)));
}

function deletionOf(entries: Changes): Changes {
  return Object.fromEntries(Object.keys(entries).map((path) => [path, undefined]));
}

/** Reads for as long as `act` takes; counts how reads end: the columns, or the status. */
async function readDuring(
  asked: Asked,
  entity: string,
  key: string,
  act: () => Promise<void>,
): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const read = server.client.hex(entity, ["id"], asked, [key]);
      const outcome = await read.then(
        ([row]) => row?.join(" ") ?? "no row",
        (error: ServiceError) => `status ${error.code}`,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await pause(1);
    }
  })();
  await act();
  isOver = true;
  await reading;
  return outcomes;
}

async function writtenKey(entity: string): Promise<string> {
  const key = randomUUID();
  const values: persist.IValues[] = [{ int32Values: [7] }, { int32Values: [9] }];
  const asked = { kept: ["a"], moved: ["b"] };
  await server.client.persist(writeOf(entity, ["id"], asked, [[key], ...values]));
  return key;
}

/** Deletes and writes again, twice over; the second time key by key, so that half of it is seen. */
async function removeAndBringBack(entries: Changes): Promise<void> {
  await server.waitForRevision(await home.write(deletionOf(entries)));
  await server.waitForRevision(await home.write(entries));
  for (const path of Object.keys(entries)) {
    await server.waitForRevision(await home.write({ [path]: undefined }));
  }
  for (const [path, text] of Object.entries(entries)) {
    await server.waitForRevision(await home.write({ [path]: text }));
  }
}

describe("a feature group that is removed while it is read, and brought back", () => {
  test("is its values or an error, never a default; others notice nothing", async () => {
    const key = await writtenKey("item");
    const group = below("entities/item/feature-groups/moved/");
    let others: Map<string, number> | undefined;
    const outcomes = await readDuring({ moved: ["b"] }, "item", key, async () => {
      others = await readDuring({ kept: ["a"] }, "item", key, () => removeAndBringBack(group));
    });
    const expected = [`status ${NOT_FOUND}`, `status ${FAILED_PRECONDITION}`, "09000000"];
    expect(expected).toEqual(expect.arrayContaining([...outcomes.keys()]));
    expect(outcomes.get(`status ${NOT_FOUND}`)).toBeGreaterThan(0);
    expect([...(others?.keys() ?? [])]).toEqual(["07000000"]);
    const [row] = await server.client.hex("item", ["id"], { moved: ["b"], kept: ["a"] }, [key]);
    expect(row).toEqual(["09000000", "07000000"]);
  });
});

describe("an entity that is removed while it is read, and brought back", () => {
  test("is its values or an error, never a default; others notice nothing", async () => {
    const [key, otherKey] = [await writtenKey("item"), await writtenKey("other")];
    let others: Map<string, number> | undefined;
    const asked = { kept: ["a"], moved: ["b"] };
    const outcomes = await readDuring(asked, "item", key, async () => {
      others = await readDuring(asked, "other", otherKey, () =>
        removeAndBringBack(below("entities/item/")),
      );
    });
    const expected = [`status ${NOT_FOUND}`, `status ${FAILED_PRECONDITION}`, "07000000 09000000"];
    expect(expected).toEqual(expect.arrayContaining([...outcomes.keys()]));
    expect(outcomes.get(`status ${NOT_FOUND}`)).toBeGreaterThan(0);
    expect([...(others?.keys() ?? [])]).toEqual(["07000000 09000000"]);
    const [row] = await server.client.hex("item", ["id"], asked, [key]);
    expect(row).toEqual(["07000000", "09000000"]);
  });
});

describe("a block of a version that the server has not heard of", () => {
  const version = (number: number, ...labels: string[]): Changes => {
    const meta = labels.map((label, sequence) => [
      label,
      { sequence, "default-value": "AAAAAA==" },
    ]);
    const path = "entities/item/feature-groups/moved";
    return {
      [`${path}/features/${number}/labels`]: labels.join(","),
      [`${path}/features/${number}/feature-meta`]: JSON.stringify(Object.fromEntries(meta)),
      [`${path}/active-version`]: String(number),
    };
  };

  test("is read at once: the server asks for the registry again", async () => {
    // It does not watch: nothing else could tell it.
    const late = opened.add(
      await LiveServer.start({ home, redis: serverAddress("redis"), watches: false }),
    );
    await server.waitForRevision(await home.write(version(2, "new", "b")));
    const key = randomUUID();
    const row: WrittenRow = [[key], { int32Values: [4, 5] }];
    await server.client.persist(writeOf("item", ["id"], { moved: ["new", "b"] }, row));
    expect(await late.client.hex("item", ["id"], { moved: ["b"] }, [key])).toEqual([["05000000"]]);
    expect(await late.metric("ofs_registry_events_total", REFRESH)).toBe(1);
  });

  test("that no registry has is a default, counted, and does not make every read ask again", async () => {
    const key = randomUUID();
    await server.waitForRevision(await home.write(version(3, "newest", "b")));
    const row: WrittenRow = [[key], { int32Values: [6, 7] }];
    await server.client.persist(writeOf("item", ["id"], { moved: ["newest", "b"] }, row));
    const path = "entities/item/feature-groups/moved";
    await server.waitForRevision(
      await home.write({
        [`${path}/active-version`]: "2",
        [`${path}/features/3/labels`]: undefined,
        [`${path}/features/3/feature-meta`]: undefined,
      }),
    );
    const stranger = opened.add(await LiveServer.start({ home, redis: serverAddress("redis") }));
    for (let count = 0; count < 50; count += 1) {
      const rows = await stranger.client.hex("item", ["id"], { moved: ["b"] }, [key]);
      expect(rows).toEqual([["00000000"]]);
    }
    const refreshCount = await stranger.metric("ofs_registry_events_total", REFRESH);
    expect(refreshCount).toBeGreaterThan(0);
    expect(refreshCount).toBeLessThanOrEqual(3);
    await home.write(version(3, "newest", "b"));
    const isRead = async () => {
      const [columns] = await stranger.client.hex("item", ["id"], { moved: ["b"] }, [key]);
      return columns?.[0] === "07000000";
    };
    await waitUntil(isRead, { what: "the value", timeoutMs: 70_000 });
  });
});
