import {
  type Client,
  type ExecutionOptions,
  type Host,
  type HostMap,
  policies,
  type types,
} from "cassandra-driver";

type PlanCallback = (error: Error, plan: Iterator<Host>) => void;

/**
 * Sends a statement first to the node that was chosen for it: several keys were put into it because that node
 * holds all of them. Without a choice, or when the node fails, the plan of the policy below counts.
 */
export class PreferredHostPolicy extends policies.loadBalancing.LoadBalancingPolicy {
  readonly #below: policies.loadBalancing.LoadBalancingPolicy;
  /** By the routing key given with the statement: the one thing of ours that a policy gets to see. */
  readonly #preferred = new WeakMap<object, Host>();

  constructor(below: policies.loadBalancing.LoadBalancingPolicy) {
    super();
    this.#below = below;
  }

  /** @param routingKey the very buffer that the statement's options carry */
  prefer(routingKey: Buffer, host: Host): void {
    this.#preferred.set(routingKey, host);
  }

  override init(client: Client, hosts: HostMap, callback: (error: Error) => void): void {
    this.#below.init(client, hosts, callback);
  }

  override getDistance(host: Host): types.distance {
    return this.#below.getDistance(host);
  }

  override getOptions(): Map<string, object> {
    return this.#below.getOptions();
  }

  override newQueryPlan(
    keyspace: string,
    // The driver asks without options where it looks for a connection of its own.
    executionOptions: ExecutionOptions | null,
    callback: PlanCallback,
  ): void {
    const options = executionOptions as ExecutionOptions;
    const routingKey = executionOptions?.getRoutingKey();
    const host = Buffer.isBuffer(routingKey) ? this.#preferred.get(routingKey) : undefined;
    if (host === undefined) {
      this.#below.newQueryPlan(keyspace, options, callback);
      return;
    }
    this.#below.newQueryPlan(keyspace, options, (error, plan) => {
      // The driver's callbacks have no error, or no plan.
      callback(error, (error as Error | null) ? plan : withFirst(host, plan));
    });
  }
}

function* withFirst(host: Host, plan: Iterator<Host>): Generator<Host> {
  yield host;
  for (let next = plan.next(); next.done !== true; next = plan.next()) {
    if (next.value !== host) yield next.value;
  }
}
