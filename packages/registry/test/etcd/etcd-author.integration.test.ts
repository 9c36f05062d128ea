import { type EtcdRegistrySource, type RegistryChange, TXN_OPERATIONS_MAX } from "@ofs/registry";
import { serverAddress, startEtcd, startTcpProxy, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AuthorContext,
  describeRegistryAuthor,
} from "../contract/registry-author-contract.ts";
import { Cleanup, testRoot } from "../support/etcd.ts";

const { signal } = new AbortController();

/** Answers are so late that the line is cut before they arrive. */
const LATE_MS = 2_000;

const cleanup = new Cleanup();
let endpoint = "";
let root = "";

beforeEach(() => {
  endpoint = serverAddress("etcd").text;
  root = testRoot();
});

afterEach(async () => {
  const client = cleanup.client(endpoint);
  await client.delete().prefix(root);
  await client.delete().prefix(`/ofs${root}`);
  await cleanup.run();
});

function open(address = endpoint): EtcdRegistrySource {
  return cleanup.source(address, root);
}

async function loseAnswer(
  write: (author: EtcdRegistrySource) => Promise<unknown>,
  isWritten: () => Promise<boolean>,
): Promise<unknown> {
  const { host, port } = serverAddress("etcd");
  const proxy = cleanup.add(await startTcpProxy({ target: { host, port } }), (each) =>
    each.close(),
  );
  const author = open(proxy.text);
  await author.load(signal);
  await proxy.inject({ kind: "delay", ms: LATE_MS }, "toClient");
  const outcome = write(author);
  const ended = outcome.then(
    () => undefined,
    () => undefined,
  );
  await waitUntil(isWritten, { what: "the write to arrive" });
  await proxy.inject({ kind: "refuse" });
  await ended;
  return outcome;
}

describe("EtcdRegistrySource as an author", () => {
  const context: AuthorContext = { open: () => open(), loseAnswer };
  describeRegistryAuthor(() => context);
});

describe("the author's key", () => {
  it("is outside of the tree", async () => {
    const author = open();
    await author.writeIf([{ path: "a", value: Buffer.from("1") }], []);
    expect([...(await author.load(signal)).entries.keys()]).toEqual(["a"]);
    const client = cleanup.client(endpoint);
    expect(await client.get(`/ofs${root}/author`).string()).toBe('{"pending":[],"receipts":[]}');
  });

  it("with something else in it is an error that names the key", async () => {
    await cleanup.client(endpoint).put(`/ofs${root}/author`).value("hello");
    await expect(open().loadForWrite(signal)).rejects.toMatchObject({
      code: "INTERNAL",
      message: `etcd: key /ofs${root}/author holds "hello"`,
    });
  });
});

describe("a write that needs more than one transaction", () => {
  const changes: RegistryChange[] = [
    { path: "active-version", value: Buffer.from("1") },
    ...Array.from({ length: 3 * TXN_OPERATIONS_MAX }, (_, index) => ({
      path: `many/${index + 1}`,
      value: Buffer.from(String(index + 1)),
    })),
  ];

  /** What a process leaves that ends after the first transaction. */
  async function leaveHalf(): Promise<void> {
    const done = changes.slice(1, 100);
    const left = [...changes.slice(100), changes[0] as RegistryChange];
    const pending: unknown[] = left.map(({ path, value }) => [path, `${value}`]);
    pending.push(["gone", null], ["many/odd", "/w==", "base64"]);
    const client = cleanup.client(endpoint);
    await client.put(`${root}/gone`).value("1");
    for (const { path, value } of done) await client.put(`${root}/${path}`).value(value as Buffer);
    await client.put(`/ofs${root}/author`).value(JSON.stringify({ pending }));
  }

  it("is completed by whoever loads next", async () => {
    await leaveHalf();
    const { entries, authorRevision, revision } = await open().loadForWrite(signal);
    expect(entries.size).toBe(changes.length + 1);
    expect(entries.has("gone")).toBe(false);
    expect(Buffer.from(entries.get("many/384") ?? [])).toEqual(Buffer.from("384"));
    expect(Buffer.from(entries.get("many/odd") ?? [])).toEqual(Buffer.of(255));
    expect(authorRevision).toBe(revision);
  });

  it("is completed by others when the line of its writer breaks in the middle", async () => {
    const { host, port } = serverAddress("etcd");
    const proxy = await startTcpProxy({ target: { host, port } });
    cleanup.add(proxy, (each) => each.close());
    const writer = open(proxy.text);
    await writer.load(signal);
    await proxy.inject({ kind: "delay", ms: LATE_MS / 8 }, "toClient");
    const write = writer.writeIf(changes, [{ kind: "absent", path: "" }]);
    const broken = expect(write).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const witness = open();
    await waitUntil(async () => (await witness.load(signal)).entries.size > 0, {
      what: "the first transaction",
    });
    await proxy.inject({ kind: "refuse" });
    await broken;
    const half = await witness.load(signal);
    expect(half.entries.size).toBeLessThan(changes.length);
    expect(half.entries.has("active-version")).toBe(false);
    const { entries } = await witness.loadForWrite(signal);
    expect(entries.size).toBe(changes.length);
    for (const { path, value } of changes)
      expect(entries.get(path)).toEqual(new Uint8Array(value ?? []));
  });

  it("is completed before the next write, whose conditions see it", async () => {
    await leaveHalf();
    const absent = { kind: "absent", path: "active-version" } as const;
    expect(await open().writeIf([], [absent])).toEqual({ conflict: absent });
    expect((await open().load(signal)).entries.size).toBe(changes.length + 1);
  });

  it("is completed once, however many do it", async () => {
    await leaveHalf();
    const loaded = await Promise.all(Array.from({ length: 5 }, () => open().loadForWrite(signal)));
    for (const { entries } of loaded) expect(entries.size).toBe(changes.length + 1);
    expect(new Set(loaded.map(({ authorRevision }) => authorRevision)).size).toBe(1);
  });

  it("takes bytes that are no text", async () => {
    const bytes = changes.map(({ path }) => ({ path, value: Buffer.of(0, 255, 128) }));
    await open().writeIf(bytes, []);
    for (const value of (await open().load(signal)).entries.values()) {
      expect(Buffer.from(value)).toEqual(Buffer.of(0, 255, 128));
    }
  });

  it("is refused if it is too large to be kept, and writes nothing then", async () => {
    const large = changes.map(({ path }) => ({ path, value: Buffer.alloc(5_000) }));
    await expect(open().writeIf(large, [])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect((await open().load(signal)).entries.size).toBe(0);
  });
});

describe("conditions", () => {
  it("are refused where they are more than a transaction takes", async () => {
    const expectations = Array.from(
      { length: 64 },
      (_, index) => ({ kind: "absent", path: `a/${index}` }) as const,
    );
    await expect(open().writeIf([], expectations)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "etcd: write: 128 conditions are more than the 127 of one transaction",
    });
    expect(await open().writeIf([], expectations.slice(1))).toHaveProperty("revision");
  });

  it("on a path whose history is compacted count as broken", async () => {
    // Its own server: others go on from revisions that are compacted here.
    const server = cleanup.add(await startEtcd(), (each) => each.close());
    const author = open(server.address.text);
    const client = cleanup.client(server.address.text);
    await client.put(`${root}/a`).value("1");
    const { revision: since } = await author.loadForWrite(signal);
    await client.delete().key(`${root}/a`);
    const last = await client.put(`${root}/b`).value("1");
    await client.kv.compact({ revision: last.header.revision, physical: true });
    const unchanged = { kind: "unchanged", path: "a", since } as const;
    expect(await author.writeIf([], [unchanged])).toEqual({ conflict: unchanged });
  });
});
