import { isTenantName, writeJson } from "@ofs/rows";
import type { RowAdmin } from "../row-admin.ts";
import { invalid, type RowCall } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

/** Kafka's own limit is far above. */
const PARTITIONS_MAX = 10_000;
const WORKERS_MAX = 10_000;
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;

/** Topics and members of consuming tenants, workers of populating ones. */
export function consumerRoutes(admin: RowAdmin): RowRoute[] {
  const { consumers } = admin;
  const change = (path: string, act: (call: RowCall) => Promise<void>): RowRoute => ({
    methods: [path === "/consumer/onboard" || path === "/consumer/register" ? "POST" : "PUT"],
    paths: [path],
    async handle(call) {
      await act(call);
      return writeJson(call.requiredBody());
    },
  });
  return [
    {
      methods: ["GET"],
      paths: ["/consumer/metadata/all"],
      async handle() {
        const all = await admin.metastore.tenants.consumers();
        return JSON.stringify(
          all.map(({ tenantName, topicName, numConsumers }) => ({
            tenantName,
            topicName,
            numConsumers,
          })),
        );
      },
    },
    change("/consumer/onboard", (call) =>
      consumers.onboard(
        tenant(call, "tenantName"),
        topic(call, "topicName"),
        partitions(call, "numPartitions"),
      ),
    ),
    change("/consumer/register", (call) =>
      consumers.register(
        tenant(call, "tenant_name"),
        topic(call, "topic_name"),
        partitions(call, "num_partitions"),
      ),
    ),
    change("/consumer/topic", (call) =>
      consumers.setTopic(tenant(call, "tenantName"), topic(call, "topicName")),
    ),
    change("/consumer/partitions", (call) =>
      consumers.setPartitions(tenant(call, "tenantName"), partitions(call, "numPartitions")),
    ),
    change("/consumer/count", (call) =>
      consumers.setCount(
        tenant(call, "tenantName"),
        whole(call, "numConsumers", { min: 0, max: PARTITIONS_MAX * 10 }),
      ),
    ),
    ...populatorRoutes(admin),
    {
      methods: ["POST"],
      paths: ["/kafka/topic"],
      async handle(call) {
        await consumers.createTopic(topic(call, "topicName"), partitions(call, "numPartitions"));
        return writeJson(call.requiredBody());
      },
    },
  ];
}

function populatorRoutes({ metastore, consumers }: RowAdmin): RowRoute[] {
  return [
    {
      methods: ["GET"],
      paths: ["/populator/metadata/all"],
      async handle() {
        const all = await metastore.tenants.populators();
        return JSON.stringify(
          all.map(({ tenantName, numWorkers }) => ({ tenantName, numWorkers })),
        );
      },
    },
    {
      methods: ["PUT"],
      paths: ["/populator/metadata"],
      async handle(call) {
        const numWorkers = whole(call, "numWorkers", { min: 0, max: WORKERS_MAX });
        await consumers.putPopulator(tenant(call, "tenantName"), numWorkers);
        return writeJson(call.requiredBody());
      },
    },
  ];
}

function tenant(call: RowCall, name: string): string {
  const value = call.read((members) => members.text(name));
  if (isTenantName(value)) return value;
  throw invalid(name, "must be letters, digits, _ and -");
}

function topic(call: RowCall, name: string): string {
  const value = call.read((members) => members.text(name));
  if (TOPIC.test(value)) return value;
  throw invalid(name, "must be 1 to 249 letters, digits, dots, _ and -");
}

function partitions(call: RowCall, name: string): number {
  return whole(call, name, { min: 1, max: PARTITIONS_MAX });
}

function whole(call: RowCall, name: string, range: { min: number; max: number }): number {
  const value = call.read((members) => members.integer(name));
  if (value >= range.min && value <= range.max) return value;
  throw invalid(name, `must be a whole number from ${range.min} to ${range.max}, not ${value}`);
}
