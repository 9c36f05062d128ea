import { describe, expect, it } from "vitest";
import { faultAt, parseExample } from "../support/entries.ts";

const SCORES = "entities/user/feature-groups/scores";
const TAGS = "entities/user/feature-groups/tags";

describe("stores, breakers and the peer cache", () => {
  it.each<[string, RegExp, string]>([
    ['{"db-type":"mysql","conf-id":1}', /"mysql" is not one of scylla/, "db-type"],
    ['{"db-type":"scylla","table":"t","max-column-size-in-bytes":1}', /is missing/, "conf-id"],
    ['{"db-type":"scylla","conf-id":1,"max-column-size-in-bytes":1}', /is missing/, "table"],
    [
      '{"db-type":"scylla","conf-id":1,"table":"t;--","max-column-size-in-bytes":1}',
      /"t;--"/,
      "table",
    ],
    ['{"db-type":"scylla","conf-id":1,"table":"t"}', /is missing/, "max-column-size-in-bytes"],
    [
      '{"db-type":"scylla","conf-id":1,"table":"t","max-column-size-in-bytes":0}',
      /"0"/,
      "max-column-size-in-bytes",
    ],
  ])("%s disables the store and the groups in it", (value, reason, field) => {
    const snapshot = parseExample({
      "storage/stores/1": value,
      "storage/stores/2": '{"db-type":"embedded"}',
      [`${TAGS}/store-id`]: "2",
    });
    expect(faultAt(snapshot, `storage/stores/1/${field}`)).toMatchObject({ disables: "store" });
    expect(faultAt(snapshot, `storage/stores/1/${field}`).reason).toMatch(reason);
    expect([...snapshot.stores.keys()]).toEqual(["2"]);
    expect(faultAt(snapshot, `${SCORES}/store-id`).reason).toContain('store "1" is disabled');
    expect([...(snapshot.entities.get("user")?.groups.keys() ?? [])]).toEqual(["tags"]);
  });

  it.each(["scylla", "redis_failover", "redis_standalone", "redis_cluster", "embedded"])(
    "takes %s",
    (dbType) => {
      const store = { "db-type": dbType, "conf-id": 1, table: "t", "max-column-size-in-bytes": 9 };
      const snapshot = parseExample({ "storage/stores/1": JSON.stringify(store) });
      expect(snapshot.faults).toEqual([]);
      expect(snapshot.stores.get("1")?.dbType).toBe(dbType);
    },
  );

  it("leaves out a breaker of another version, and one with limits that never close", () => {
    const of = (changes: object): string =>
      JSON.stringify({
        enabled: true,
        version: 1,
        "failure-rate-threshold": 50,
        "failure-rate-minimum-window": 100,
        "failure-rate-window-in-ms": 10_000,
        "success-count-threshold": 8,
        "success-count-window": 10,
        "with-delay-in-ms": 5_000,
        ...changes,
      });
    const snapshot = parseExample({
      "circuitbreaker/good": of({
        "active-cb-keys": { a: { enabled: 1, "forced-state": "-1" }, b: { "forced-state": 5 } },
      }),
      "circuitbreaker/version": of({ version: 2 }),
      "circuitbreaker/count": of({ "success-count-threshold": 11 }),
      "circuitbreaker/rate": of({ "failure-rate-threshold": 101 }),
      "circuitbreaker/off": '{"enabled":false}',
    });
    expect([...snapshot.breakers.keys()]).toEqual(["distributed_cache", "good", "off"]);
    expect(snapshot.breakers.get("good")?.keys).toEqual(
      new Map([
        ["a", { isEnabled: true, forcedState: "closed" }],
        ["b", { isEnabled: false, forcedState: "none" }],
      ]),
    );
    for (const path of [
      "version/version",
      "count/success-count-threshold",
      "rate/failure-rate-threshold",
      "good/active-cb-keys/b/forced-state",
    ]) {
      expect(faultAt(snapshot, `circuitbreaker/${path}`).disables).toBe("nothing");
    }
  });

  it.each(["101", "-1", "half"])("a peer cache percentage of %j is 0 and reported", (value) => {
    const snapshot = parseExample({ "p2p-enabled-percentage": value });
    expect(snapshot.peerCachePercentage).toBe(0);
    expect(faultAt(snapshot, "p2p-enabled-percentage").reason).toContain(value);
  });
});
