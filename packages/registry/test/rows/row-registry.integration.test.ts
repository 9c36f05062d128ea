import {
  encodeEntity,
  encodeGroup,
  encodeGroupVersion,
  openRowRegistry,
  type RowRegistry,
} from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { latestOf } from "../../../rows/test/support/row-objects.ts";
import { Cleanup, testRoot } from "../support/etcd.ts";
import { createTestLog } from "../support/log.ts";
import { rowEntity, rowGroup } from "../support/row-objects.ts";

const WAIT_MS = 10_000;
const { signal } = new AbortController();

let endpoint = "";
let root = "";
const cleanup = new Cleanup();

beforeEach(() => {
  endpoint = serverAddress("etcd").text;
  root = `${testRoot()}/registry`;
});

afterEach(async () => {
  await cleanup.client(endpoint).delete().prefix(root);
  await cleanup.run();
});

async function open(): Promise<RowRegistry> {
  const source = cleanup.source(endpoint, root);
  const registry = await openRowRegistry({ source, log: createTestLog().log });
  return cleanup.add(registry, (opened) => opened.close());
}

describe("the row registry in etcd", () => {
  it("follows what is written, name by name", async () => {
    const writer = cleanup.source(endpoint, root);
    await writer.write([encodeEntity(rowEntity("user"))]);
    const registry = await open();
    expect(registry.catalog()?.entity("user")).toEqual(rowEntity("user"));
    const versions = [
      encodeGroup(rowGroup("stats", "v1")),
      encodeGroupVersion(latestOf("stats", "v1")),
    ];
    const revision = await writer.write(versions);
    const catalog = await registry.waitFor(revision, WAIT_MS);
    expect(catalog.faults).toEqual([]);
    expect(catalog.group("stats")?.metadata).toEqual(rowGroup("stats", "v1"));
  });

  it("tells the last change below the root, whatever happens beside it", async () => {
    const source = cleanup.source(endpoint, root);
    expect(await source.lastChange(signal)).toBe(0);
    const first = await source.write([encodeEntity(rowEntity("a"))]);
    const second = await source.write([encodeEntity(rowEntity("b"))]);
    const client = cleanup.client(endpoint);
    await client.put(`${root}-beside/x`).value("1");
    expect(await source.lastChange(signal)).toBe(second);
    await source.write([{ path: "entities/b", value: undefined }]);
    expect(await source.lastChange(signal)).toBe(first);
    await client.delete().prefix(`${root}-beside/`);
  });

  it("waits for a change that has just been made, although others go on beside it", async () => {
    const registry = await open();
    const writer = cleanup.source(endpoint, root);
    const client = cleanup.client(endpoint);
    await writer.write([encodeEntity(rowEntity("user"))]);
    await client.put(`${root}-beside/x`).value("1");
    await registry.waitForCurrent(WAIT_MS);
    expect(registry.catalog()?.entity("user")).toBeDefined();
    await client.delete().prefix(`${root}-beside/`);
  });

  it("takes a thousand versions", async () => {
    const writer = cleanup.source(endpoint, root);
    const versions = Array.from({ length: 1_000 }, (_, index) => `v${index + 1}`);
    await writer.write(
      [
        encodeEntity(rowEntity("user")),
        ...versions.map((version) => encodeGroup(rowGroup("stats", version))),
        encodeGroupVersion(latestOf("stats", "v1000")),
      ],
      { isChunked: true },
    );
    const registry = await open();
    expect(registry.catalog()?.versionsOf("stats")).toHaveLength(1_000);
    expect(registry.catalog()?.group("stats")?.metadata.version).toBe("v1000");
  });
});
