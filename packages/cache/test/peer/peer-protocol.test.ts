import type { RemoteInfo, Socket } from "node:dgram";
import { REPLY_TIMEOUT_MS, type RingPeerCache } from "@ofs/cache";
import { waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MacSeal, NO_SEAL } from "../../src/peer/packet-seal.ts";
import { PeerClient } from "../../src/peer/peer-client.ts";
import { createPeerCounts } from "../../src/peer/peer-counts.ts";
import { blockOf, recordOf } from "../records.ts";
import { block, readLocal, readThrough, TestCluster } from "./peer-fixtures.ts";

/*
 * A peer written by hand from the description of the protocol: nothing of ours encodes or decodes its datagrams.
 */

let cluster: TestCluster;
let ours: RingPeerCache;
/** Datagrams that the hand-written peer's server got. */
let received: Buffer[];
let records: Map<string, Buffer>;
let isMute: boolean;
let delayMs: number;

const RECORD = recordOf({ 7: blockOf(1.5) });
const ZERO = Buffer.from([0]);

beforeEach(async () => {
  cluster = await TestCluster.create();
  received = [];
  records = new Map();
  isMute = false;
  delayMs = 0;
  ours = await cluster.open(0);
  cluster.connect([ours], [0, 1]);
});

afterEach(() => cluster.close());

function answer(bytes: Buffer, from: RemoteInfo, socket: Socket): void {
  received.push(bytes);
  if (bytes[0] === 0 || isMute) return;
  const value = records.get(bytes.toString()) ?? ZERO;
  const send = () => socket.send(Buffer.concat([bytes, ZERO, value]), from.port, from.address);
  if (delayMs > 0) setTimeout(send, delayMs);
  else send();
}

function setPacket(key: string, ttlSeconds: number, value: Buffer): Buffer {
  const ttl = Buffer.alloc(8);
  ttl.writeBigUInt64BE(BigInt(ttlSeconds));
  return Buffer.concat([ZERO, Buffer.from(key), ZERO, ttl, value]);
}

const now = () => cluster.clock.nowMs;

describe("another implementation", () => {
  /** Sends to ours and resolves with the reply. */
  async function ask(packet: Buffer): Promise<Buffer> {
    let resolve: (bytes: Buffer) => void;
    const reply = new Promise<Buffer>((done) => {
      resolve = done;
    });
    const socket = await cluster.openRaw(4, (bytes) => resolve(bytes), 0);
    socket.send(packet, cluster.port, "127.0.0.1");
    return reply;
  }

  test("gets from ours, in the bytes that it knows", async () => {
    const key = cluster.keyOf(ours, 0);
    ours.fill(key, [7], [block(9)], 60, ours.position());
    const blockBytes = "0100" + "0000000000" + "10" + "40" + "09090909";
    const record = `01${"0700"}${"0d00"}${blockBytes}`;
    const reply = await ask(Buffer.from(key));
    expect(reply.toString("hex")).toBe(`${Buffer.from(key).toString("hex")}00${record}`);
    expect(await ask(Buffer.from("user:none"))).toEqual(Buffer.from("user:none\0\0"));
  });

  test("sets at ours, what it sends is read and handed on as it came", async () => {
    const key = cluster.keyOf(ours, 0);
    const socket = await cluster.openRaw(4, () => undefined, 0);
    socket.send(setPacket(key, 5, RECORD), cluster.port, "127.0.0.1");
    await waitUntil(() => ours.stats().counts.accepted.stored === 1, { what: "the SET" });
    expect(readLocal(ours, key, now(), 7)).not.toEqual([undefined]);
    expect(await ask(Buffer.from(key))).toEqual(Buffer.concat([Buffer.from(key), ZERO, RECORD]));
    cluster.clock.monotonicMs += 5_000;
    expect(await ask(Buffer.from(key))).toEqual(Buffer.from(`${key}\0\0`));
  });

  test("answers ours, and is told of records and writes", async () => {
    await cluster.openRaw(1, answer);
    const [found, missing] = [cluster.keyOf(ours, 1), cluster.keyOf(ours, 1, 5_000)];
    records.set(found, RECORD);
    const blocks = await ours.readRemote([found, missing], [7], now(), ours.position());
    expect(blocks[0]?.[0]?.payload).toEqual(new Uint8Array(new Float32Array([1.5]).buffer));
    expect(blocks[1]).toBeUndefined();
    expect(received.map(String)).toEqual([found, missing]);
    received.length = 0;
    ours.fill(missing, [7], [block(9)], 60, ours.position());
    ours.invalidateOwners([missing]);
    await waitUntil(() => received.length === 2, { what: "a SET and a tombstone" });
    const prefix = Buffer.concat([ZERO, Buffer.from(missing), ZERO]).toString("hex");
    // 60 s and 1800 more; a record of version 1; then 10 s and a record of no entries.
    expect(received[0]?.toString("hex")).toContain(`${prefix}${"0000000000000744"}01`);
    expect(received[1]?.toString("hex")).toBe(`${prefix}${"000000000000000a"}01`);
  });

  test("cannot plant what does not decode", async () => {
    const socket = await cluster.openRaw(4, () => undefined, 0);
    const key = cluster.keyOf(ours, 0);
    const twice = Buffer.concat([RECORD, RECORD.subarray(1)]);
    for (const value of ["ff", "0107", "01070005ff", "010700020001"]) {
      socket.send(setPacket(key, 60, Buffer.from(value, "hex")), cluster.port, "127.0.0.1");
    }
    socket.send(setPacket(key, 60, twice), cluster.port, "127.0.0.1");
    const { accepted } = ours.stats().counts;
    await waitUntil(() => accepted.undecodable === 5, { what: "five SETs" });
    expect(readLocal(ours, key, now(), 7)).toEqual([undefined]);
  });

  test("an answer that does not decode is a miss", async () => {
    await cluster.openRaw(1, answer);
    const key = cluster.keyOf(ours, 1);
    records.set(key, Buffer.from("0107", "hex"));
    expect(await readThrough(ours, key, now(), 7)).toEqual([undefined]);
    expect(ours.stats().counts.replies.undecodable).toBe(1);
    expect(ours.stats().global.itemCount).toBe(0);
  });
});

test("malformed datagrams are counted by reason, and everything serves on", async () => {
  const socket = await cluster.openRaw(4, () => undefined, 0);
  const packets = [
    Buffer.from([0, 0x61, 0]),
    Buffer.alloc(0),
    Buffer.from([0, 0]),
    Buffer.alloc(4_096, "a"),
    Buffer.alloc(4_097, "a"),
    Buffer.from([0, 0x61, 0, ...Buffer.alloc(7)]),
    Buffer.from([0, 0x61, 0, ...Buffer.alloc(8)]),
    Buffer.from([0xff, 0xff]),
    Buffer.from([0, 0x61]),
  ];
  for (const packet of packets) socket.send(packet, cluster.port, "127.0.0.1");
  const { refused } = ours.stats().counts;
  const total = () => Object.values(refused).reduce((sum, count) => sum + count, 0);
  await waitUntil(() => total() === packets.length, { what: "all datagrams" });
  expect(refused).toEqual({
    empty: 1,
    too_large: 1,
    bad_key: 3,
    no_separator: 1,
    no_ttl: 2,
    no_value: 1,
    bad_mac: 0,
  });
  const key = cluster.keyOf(ours, 0);
  ours.fill(key, [1], [block(1)], 60, ours.position());
  expect(readLocal(ours, key, now(), 1)).toEqual([1]);
});

describe("an owner that fails", () => {
  async function openClient(maxWaiting?: number) {
    const counts = createPeerCounts();
    const client = await PeerClient.open({
      socketCount: 3,
      port: cluster.port,
      seal: NO_SEAL,
      counts,
      monotonicNow: () => performance.now(),
      ...(maxWaiting !== undefined && { maxWaiting }),
    });
    return { client, counts };
  }

  test("says nothing: a miss in time, and later ones are asked for anew", async () => {
    await cluster.openRaw(1, answer);
    isMute = true;
    const { client, counts } = await openClient();
    const startedMs = performance.now();
    expect(await client.get(["a", "b"], ["127.0.0.2", "127.0.0.2"])).toEqual([
      undefined,
      undefined,
    ]);
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThanOrEqual(REPLY_TIMEOUT_MS - 1);
    expect(tookMs).toBeLessThan(500);
    expect(counts.remote.timeout).toBe(2);
    await client.get(["a"], ["127.0.0.2"]);
    await waitUntil(() => received.length === 3, { what: "three requests" });
    await client.close();
  });

  test("answers too late: not used", async () => {
    await cluster.openRaw(1, answer);
    delayMs = 5 * REPLY_TIMEOUT_MS;
    records.set("a", RECORD);
    const { client, counts } = await openClient();
    expect(await client.get(["a"], ["127.0.0.2"])).toEqual([undefined]);
    await waitUntil(() => counts.replies.unexpected === 1, { what: "the late reply" });
    await client.close();
  });

  test("answers of others than the one that was asked are not taken", async () => {
    // The owner is slow; somebody else answers in its place, from another address or another port.
    const forged = Buffer.concat([Buffer.from("a"), ZERO, recordOf({ 7: blockOf(666) })]);
    const impostor = await cluster.openRaw(2, () => undefined);
    const otherPort = await cluster.openRaw(1, () => undefined, 0);
    await cluster.openRaw(1, (bytes, from, socket) => {
      const done = (): void => {
        socket.send(Buffer.concat([bytes, ZERO, RECORD]), from.port, from.address);
      };
      impostor.send(forged, from.port, from.address, () => {
        otherPort.send(forged, from.port, from.address, done);
      });
    });
    const counts = createPeerCounts();
    const client = await PeerClient.open({
      socketCount: 1,
      port: cluster.port,
      seal: NO_SEAL,
      counts,
      monotonicNow: () => performance.now(),
      replyTimeoutMs: 2_000,
    });
    expect(await client.get(["a"], ["127.0.0.2"])).toEqual([RECORD]);
    expect(counts.replies.unexpected).toBe(2);
    await client.close();
  });

  test("callers of one key share a request, which each 50th sends again", async () => {
    await cluster.openRaw(1, answer);
    isMute = true;
    const { client, counts } = await openClient();
    const waiting = Array.from({ length: 120 }, () => client.get(["a"], ["127.0.0.2"]));
    expect(counts.remote.sent).toBe(3);
    await Promise.all(waiting);
    expect(counts.remote.timeout).toBe(120);
    await waitUntil(() => received.length === 3, { what: "three requests" });
    await client.close();
  });

  test("no more callers wait than may", async () => {
    await cluster.openRaw(1, answer);
    isMute = true;
    const { client, counts } = await openClient(10);
    const keys = Array.from({ length: 25 }, (_, i) => `k${i}`);
    const addresses = keys.map(() => "127.0.0.2");
    await client.get(keys, addresses);
    expect(counts.remote).toMatchObject({ keys: 25, sent: 10, timeout: 10, queue_full: 15 });
    await client.close();
  });

  test("closing ends the waiting", async () => {
    const { client } = await openClient();
    const waiting = client.get(["a"], ["127.0.0.2"]);
    await client.close();
    expect(await waiting).toEqual([undefined]);
    expect(await client.get(["a"], ["127.0.0.2"])).toEqual([undefined]);
    expect(client.set("a", RECORD, 0, "127.0.0.2")).toBe("dropped");
  });
});

describe("a shared secret", () => {
  const secret = "secret of one cluster";

  test("lets its holders talk, and nobody else", async () => {
    const [a, b] = [await cluster.open(2, { secret }), await cluster.open(3, { secret })];
    cluster.connect([a, b], [2, 3]);
    const key = cluster.keyOf(a, 3);
    a.fill(key, [7], [block(9)], 60, a.position());
    await waitUntil(() => b.stats().counts.accepted.stored === 1, { what: "the SET" });
    b.invalidate("other");
    expect(readLocal(b, key, now(), 7)).toEqual([9]);
    const stranger = await cluster.openRaw(4, () => undefined, 0);
    stranger.send(setPacket(key, 60, RECORD), cluster.port, "127.0.0.4");
    stranger.send(Buffer.from(key), cluster.port, "127.0.0.4");
    const wrong = new MacSeal("secret of another one");
    stranger.send(wrong.seal(Buffer.from(key)), cluster.port, "127.0.0.4");
    await waitUntil(() => b.stats().counts.refused.bad_mac === 3, { what: "three refusals" });
    expect(readLocal(b, key, now(), 7)).toEqual([9]);
    const outsider = await cluster.open(4, { replyTimeoutMs: 50 });
    cluster.connect([outsider], [3, 4]);
    expect(await readThrough(outsider, cluster.keyOf(outsider, 3), now(), 7)).toEqual([undefined]);
  });

  test("answers without it are dropped", async () => {
    await cluster.openRaw(1, answer);
    const a = await cluster.open(2, { secret, replyTimeoutMs: 50 });
    cluster.connect([a], [1, 2]);
    expect(await readThrough(a, cluster.keyOf(a, 1), now(), 7)).toEqual([undefined]);
    expect(a.stats().counts.replies.bad_mac).toBe(1);
  });

  test("leaves less room, and never makes a datagram too large", async () => {
    const [a, b] = [await cluster.open(2, { secret }), await cluster.open(3, { secret })];
    cluster.connect([a, b], [2, 3]);
    const key = cluster.keyOf(a, 3);
    const room = 4_096 - key.length - 1 - 14 - 20;
    b.fill(key, [7], [block(9, 0, room)], 60, b.position());
    expect(await readThrough(a, key, now(), 7)).toEqual([9]);
    const next = cluster.keyOf(a, 3, 3_000);
    b.fill(next, [7], [block(9, 0, room + 8)], 60, b.position());
    expect(await readThrough(a, next, now(), 7)).toEqual([undefined]);
    expect(b.stats().counts.served).toMatchObject({ hit: 1, too_large: 1 });
  });
});
