import { type ExecutionOptions, type Host, policies } from "cassandra-driver";
import { expect, test } from "vitest";
import { PreferredHostPolicy } from "../../src/scylla/preferred-host-policy.ts";

const [a, b, c] = ["a", "b", "c"].map((address) => ({ address }) as Host) as [Host, Host, Host];

/** Always the same plan. */
class FixedPolicy extends policies.loadBalancing.LoadBalancingPolicy {
  readonly #error: Error | null;

  constructor(error: Error | null = null) {
    super();
    this.#error = error;
  }

  override newQueryPlan(
    _keyspace: string,
    _options: ExecutionOptions,
    callback: (error: Error, plan: Iterator<Host>) => void,
  ): void {
    callback(this.#error as Error, [a, b, c].values());
  }
}

function planOf(policy: PreferredHostPolicy, routingKey: Buffer | Buffer[] | undefined): Host[] {
  let hosts: Host[] = [];
  const options = { getRoutingKey: () => routingKey } as ExecutionOptions;
  policy.newQueryPlan("ks", options, (error, plan) => {
    expect(error).toBeNull();
    hosts = [...{ [Symbol.iterator]: () => plan }];
  });
  return hosts;
}

test("the chosen node comes first, the others after it, each once", () => {
  const policy = new PreferredHostPolicy(new FixedPolicy());
  const key = Buffer.from("key");
  policy.prefer(key, b);
  expect(planOf(policy, key)).toEqual([b, a, c]);
});

test("the choice is for that very statement, not for all of the same key", () => {
  const policy = new PreferredHostPolicy(new FixedPolicy());
  policy.prefer(Buffer.from("key"), b);
  expect(planOf(policy, Buffer.from("key"))).toEqual([a, b, c]);
});

test("without a choice the plan below counts", () => {
  const policy = new PreferredHostPolicy(new FixedPolicy());
  expect(planOf(policy, undefined)).toEqual([a, b, c]);
  expect(planOf(policy, [Buffer.from("x")])).toEqual([a, b, c]);
  let planned: Host[] = [];
  policy.newQueryPlan("ks", null, (_, plan) => {
    planned = [...{ [Symbol.iterator]: () => plan }];
  });
  expect(planned).toEqual([a, b, c]);
});

test("an error of the policy below is passed on", () => {
  const policy = new PreferredHostPolicy(new FixedPolicy(new Error("no plan")));
  const key = Buffer.from("key");
  policy.prefer(key, b);
  let seen: Error | undefined;
  policy.newQueryPlan(
    "ks",
    { getRoutingKey: () => key } as unknown as ExecutionOptions,
    (error) => {
      seen = error;
    },
  );
  expect(seen?.message).toBe("no plan");
});
