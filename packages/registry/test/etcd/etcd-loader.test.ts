import type { IRangeRequest, IRangeResponse } from "etcd3";
import { GRPCResourceExhastedError } from "etcd3";
import { describe, expect, it } from "vitest";
import type { EtcdConnection } from "../../src/etcd/etcd-client.ts";
import { EtcdKeys } from "../../src/etcd/etcd-keys.ts";
import { loadEtcdTree } from "../../src/etcd/etcd-loader.ts";

const { signal } = new AbortController();
const KEY_COUNT = 5_000;
const keys = new EtcdKeys("/config/t");

/** An etcd that answers by a function: what a real one does only at a bad moment. */
class FakeEtcd {
  readonly asked: IRangeRequest[] = [];
  /** Throws to fail a call. */
  hinder: (request: IRangeRequest, callIndex: number) => void = () => undefined;
  revision = 7;

  async range(request: IRangeRequest): Promise<IRangeResponse> {
    this.asked.push(request);
    this.hinder(request, this.asked.length - 1);
    const header = { cluster_id: "1", revision: String(this.revision) };
    if (request.range_end === undefined) return { header, kvs: [] } as unknown as IRangeResponse;
    const from = Number(/k(\d+)/.exec(String(request.key))?.[1] ?? -1) + 1;
    const count = Math.min(Number(request.limit), KEY_COUNT - from);
    const kvs = Array.from({ length: count }, (_, index) => ({
      key: Buffer.from(`/config/t/k${String(from + index).padStart(5, "0")}`),
      value: Buffer.from(String(this.revision)),
    }));
    return { header, kvs, more: from + count < KEY_COUNT } as unknown as IRangeResponse;
  }
}

function load(etcd: FakeEtcd) {
  return loadEtcdTree(etcd as unknown as EtcdConnection, keys, signal);
}

function compacted(): never {
  throw new Error("etcdserver: mvcc: required revision has been compacted");
}

describe("a load in pages", () => {
  it("asks for all pages at the revision of the first", async () => {
    const etcd = new FakeEtcd();
    const { tree } = await load(etcd);
    expect(tree.entries.size).toBe(KEY_COUNT);
    expect(etcd.asked.map(({ revision }) => revision)).toEqual([undefined, 7, 7, 7, 7, 7]);
  });

  it("do better 10: begins again when its revision is compacted under it", async () => {
    const etcd = new FakeEtcd();
    etcd.hinder = (_, index) => {
      if (index !== 1) return;
      etcd.revision = 9;
      compacted();
    };
    const { tree, baseline } = await load(etcd);
    expect([tree.revision, baseline.revision]).toEqual([9, 9]);
    expect(new Set([...tree.entries.values()].map(String))).toEqual(
      new Set([String(new Uint8Array(Buffer.from("9")))]),
    );
    expect(tree.entries.size).toBe(KEY_COUNT);
  });

  it("gives up when that happens each time", async () => {
    const etcd = new FakeEtcd();
    etcd.hinder = ({ revision }) => {
      if (revision !== undefined) compacted();
    };
    await expect(load(etcd)).rejects.toThrow("compacted");
    expect(etcd.asked.length).toBe(8);
  });

  it("asks for smaller pages where one is too large, and goes on with these", async () => {
    const etcd = new FakeEtcd();
    etcd.hinder = ({ limit }) => {
      if (Number(limit) > 600)
        throw new GRPCResourceExhastedError("received message larger than max");
    };
    const { tree } = await load(etcd);
    expect(tree.entries.size).toBe(KEY_COUNT);
    const limits = etcd.asked.map(({ limit }) => limit).filter((limit) => limit !== undefined);
    expect(limits).toEqual([1_000, ...Array.from({ length: 10 }, () => 500)]);
  });
});
