import { randomUUID } from "node:crypto";
import { EtcdMembership, type EtcdMembershipOptions, type PeerMember, podIdOf } from "@ofs/cache";
import { createLogger } from "@ofs/platform";
import { EtcdRegistrySource } from "@ofs/registry";
import { type PrivateServer, serverAddress, startEtcd, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";

/** Leases of 5 s end some seconds late. */
const LEASE_END_MS = 15_000;

const log = createLogger({ service: "t", level: "FATAL" });

let endpoints: string;
let clusterName: string;
let closables: { close(): Promise<unknown> }[];

beforeEach(() => {
  endpoints = serverAddress("etcd").text;
  clusterName = `ofs-test-${randomUUID()}`;
  closables = [];
});

afterEach(async () => {
  for (const closable of closables.splice(0).reverse()) await closable.close();
});

/** One process of the cluster, and what it knows of the others. */
class Pod {
  readonly id: string;
  readonly membership: EtcdMembership;
  members: readonly PeerMember[] = [];

  constructor(podIp: string, options: Partial<EtcdMembershipOptions> = {}) {
    this.id = podIdOf("node", podIp);
    this.membership = new EtcdMembership({
      etcd: { endpoints },
      clusterName,
      name: "p2p",
      self: { nodeIp: "node", podIp },
      isMember: true,
      log,
      onMembers: (members) => {
        this.members = members;
      },
      ...options,
    });
    closables.push(this.membership);
  }

  static async start(podIp: string, options: Partial<EtcdMembershipOptions> = {}): Promise<Pod> {
    const pod = new Pod(podIp, options);
    await pod.membership.start();
    return pod;
  }

  get addresses(): (string | undefined)[] {
    return this.members.map(({ address }) => address).sort();
  }

  sees(addresses: readonly (string | undefined)[], timeoutMs = 10_000): Promise<boolean> {
    const wanted = JSON.stringify(addresses);
    const what = `${this.id} to see ${wanted}`;
    return waitUntil(() => JSON.stringify(this.addresses) === wanted, { what, timeoutMs });
  }
}

/** The members' folder, as another program sees it. */
function folder(): EtcdRegistrySource {
  const root = `/config/${clusterName}-cluster-manager/p2p`;
  const source = new EtcdRegistrySource({ endpoints, root });
  closables.push(source);
  return source;
}

async function valuesOf(source: EtcdRegistrySource): Promise<Record<string, unknown>> {
  const { entries } = await source.load(new AbortController().signal);
  return Object.fromEntries(
    [...entries].map(([id, value]) => [id, JSON.parse(Buffer.from(value).toString()) as unknown]),
  );
}

function put(source: EtcdRegistrySource, path: string, text: string | undefined) {
  return source.write([{ path, value: text === undefined ? undefined : Buffer.from(text) }]);
}

test("pods join, see each other, and leave at once", async () => {
  const a = await Pod.start("127.0.0.1");
  const b = await Pod.start("127.0.0.2");
  await a.sees(["127.0.0.1", "127.0.0.2"]);
  await b.sees(["127.0.0.1", "127.0.0.2"]);
  expect(await valuesOf(folder())).toEqual({
    [a.id]: { NodeIP: "node", PodIP: "127.0.0.1" },
    [b.id]: { NodeIP: "node", PodIP: "127.0.0.2" },
  });
  await b.membership.close();
  await a.sees(["127.0.0.1"], 2_000);
  expect(Object.keys(await valuesOf(folder()))).toEqual([a.id]);
  expect(a.membership.stats()).toMatchObject({ isLive: true, memberCount: 1, joinCount: 1 });
});

test("one that only looks on is no member", async () => {
  const a = await Pod.start("127.0.0.1");
  const onlooker = await Pod.start("127.0.0.1", { isMember: false });
  await onlooker.sees(["127.0.0.1"]);
  await onlooker.membership.close();
  await a.sees(["127.0.0.1"]);
  expect(Object.keys(await valuesOf(folder()))).toEqual([a.id]);
  expect(onlooker.membership.stats().joinCount).toBe(0);
});

test("clusters whose names begin alike do not meet", async () => {
  const a = await Pod.start("127.0.0.1");
  await Pod.start("127.0.0.2", { name: "p2p-other" });
  const last = await Pod.start("127.0.0.3");
  await last.sees(["127.0.0.1", "127.0.0.3"]);
  await a.sees(["127.0.0.1", "127.0.0.3"]);
});

test("what others write that says nothing is ignored, counted, and no harm", async () => {
  const a = await Pod.start("127.0.0.1");
  const other = folder();
  const bad = {
    x1: "",
    x2: "{",
    x3: "[]",
    x4: '{"PodIP":"1.2.3.4"}',
    x5: '{"NodeIP":1,"PodIP":2}',
  };
  for (const [id, text] of Object.entries(bad)) await put(other, id, text);
  await put(other, "deeper/x6", '{"NodeIP":"n","PodIP":"1.2.3.4"}');
  await put(other, "good", '{"NodeIP":"n","PodIP":"1.2.3.4","Zone":"z"}');
  await a.sees(["1.2.3.4", "127.0.0.1"]);
  expect(a.membership.stats()).toMatchObject({ memberCount: 2, ignoredCount: 6 });
});

test("host names are resolved; one that cannot be stays in the ring without an address", async () => {
  const names: Record<string, string> = { "pod-2.svc": "127.0.0.2" };
  const lookup = async (name: string): Promise<string> => {
    const address = names[name];
    if (address === undefined) throw new Error(`ENOTFOUND ${name}`);
    return address;
  };
  const a = await Pod.start("pod-1.svc", { lookup });
  await put(folder(), "p2", '{"NodeIP":"n","PodIP":"pod-2.svc"}');
  await waitUntil(() => a.addresses.includes("127.0.0.2") && a.members.length === 2, {
    what: "pod-2's address",
  });
  expect(a.membership.stats().unresolvedCount).toBe(1);
  names["pod-1.svc"] = "127.0.0.9";
  await a.sees(["127.0.0.2", "127.0.0.9"], LEASE_END_MS);
});

test("a tree that was read before a pod's own key was put does not make it join twice", async () => {
  for (let round = 0; round < 20; round += 1) {
    const pod = await Pod.start(`127.0.0.${round + 1}`, { name: `p2p-${round}` });
    await pod.sees([`127.0.0.${round + 1}`]);
    expect(pod.membership.stats().joinCount).toBe(1);
    await pod.membership.close();
  }
});

test("a key that somebody deletes is put again", async () => {
  const a = await Pod.start("127.0.0.1");
  const b = await Pod.start("127.0.0.2");
  await b.sees(["127.0.0.1", "127.0.0.2"]);
  await put(folder(), a.id, undefined);
  await waitUntil(() => a.membership.stats().joinCount === 2, { what: "a to join again" });
  await b.sees(["127.0.0.1", "127.0.0.2"]);
});

test("a pod that restarts under its old name is not removed by the end of the one before", async () => {
  const before = await Pod.start("127.0.0.1");
  await before.sees(["127.0.0.1"]);
  const after = await Pod.start("127.0.0.1");
  await waitUntil(() => after.membership.stats().joinCount > 0, { what: "the new one to join" });
  await before.membership.close();
  expect(Object.keys(await valuesOf(folder()))).toEqual([after.id]);
});

test("it starts while etcd is away, keeps its members through an outage, and joins again", async () => {
  const etcd: PrivateServer = await startEtcd();
  closables.push(etcd);
  endpoints = etcd.address.text;
  await etcd.stop();
  const a = await Pod.start("127.0.0.1");
  expect(a.membership.stats()).toMatchObject({ isLive: false, memberCount: 0 });
  await etcd.restart();
  const b = await Pod.start("127.0.0.2");
  await a.sees(["127.0.0.1", "127.0.0.2"], LEASE_END_MS);
  await b.sees(["127.0.0.1", "127.0.0.2"], LEASE_END_MS);
  await etcd.kill();
  const isAway = () => !a.membership.stats().isLive && !a.membership.stats().isJoined;
  await waitUntil(isAway, { what: "a to notice", timeoutMs: 20_000 });
  expect(a.addresses).toEqual(["127.0.0.1", "127.0.0.2"]);
  const joins = a.membership.stats().joinCount;
  await etcd.restart();
  const what = "a to join again";
  const timeoutMs = 30_000;
  await waitUntil(() => a.membership.stats().joinCount > joins, { what, timeoutMs });
  await waitUntil(() => a.membership.stats().isLive, { what: "a to watch again", timeoutMs });
  await a.sees(["127.0.0.1", "127.0.0.2"], LEASE_END_MS);
});
