import { z } from "zod";
import type { Consumer } from "../model/row-effects.ts";
import type { TenantRole, Tenants } from "../model/rows.ts";
import type { Http } from "./http.ts";
import { dataOf } from "./row-schemas.ts";

const consumerSchema = z
  .object({
    "tenant-name": z.string(),
    "topic-name": z.string(),
    "num-partitions": z.number(),
    "num-consumers": z.number(),
    "topic-partitions": z.number().nullable(),
    "topic-fault": z.string().nullable(),
  })
  .transform(
    (body): Consumer => ({
      tenant: body["tenant-name"],
      topic: body["topic-name"],
      partitionCount: body["num-partitions"],
      consumerCount: body["num-consumers"],
      topicPartitionCount: body["topic-partitions"] ?? undefined,
      topicFault: body["topic-fault"] ?? "",
    }),
  );

const populatorSchema = z
  .object({ tenantName: z.string(), numWorkers: z.number() })
  .transform(({ tenantName, numWorkers }) => ({ tenant: tenantName, workerCount: numWorkers }));
/** A tenant that workers fill from tables. */
export type Populator = z.output<typeof populatorSchema>;

/** How the server names the roles where all of a tenant moves. */
const ROLE_NAMES: Readonly<Record<TenantRole, string>> = {
  read: "READER",
  write: "WRITER",
  consume: "CONSUMER",
};

/** Tenants of the row dialect, their topics and workers. */
export interface TenantsApi {
  consumers(signal?: AbortSignal): Promise<Consumer[]>;
  populators(signal?: AbortSignal): Promise<Populator[]>;
  /** Makes the topic, too. */
  onboard(tenant: string, topic: string, partitionCount: number): Promise<void>;
  /** Of a topic that exists. */
  register(tenant: string, topic: string, partitionCount: number): Promise<void>;
  setTopic(tenant: string, topic: string): Promise<void>;
  setPartitionCount(tenant: string, count: number): Promise<void>;
  setConsumerCount(tenant: string, count: number): Promise<void>;
  setWorkerCount(tenant: string, count: number): Promise<void>;
  createTopic(topic: string, partitionCount: number): Promise<void>;
  move(group: string, tenants: Tenants): Promise<void>;
  moveAll(role: TenantRole, from: string, to: string): Promise<void>;
}

export function createTenantsApi(http: Http): TenantsApi {
  const send = async (method: "POST" | "PUT", path: string, body: unknown): Promise<void> => {
    await http.call(path, z.unknown(), { method, body });
  };
  return {
    async consumers(signal) {
      const path = "/api/v1/horizon/rows/consumers";
      return (await http.call(path, z.array(consumerSchema), { signal })).body;
    },
    async populators(signal) {
      const schema = dataOf(z.array(populatorSchema));
      return (await http.call("/populator/metadata/all", schema, { signal })).body;
    },
    onboard: (tenantName, topicName, numPartitions) =>
      send("POST", "/consumer/onboard", { tenantName, topicName, numPartitions }),
    register: (tenant, topic, count) =>
      send("POST", "/consumer/register", {
        tenant_name: tenant,
        topic_name: topic,
        num_partitions: count,
        num_consumers: 1,
      }),
    setTopic: (tenantName, topicName) => send("PUT", "/consumer/topic", { tenantName, topicName }),
    setPartitionCount: (tenantName, numPartitions) =>
      send("PUT", "/consumer/partitions", { tenantName, numPartitions }),
    setConsumerCount: (tenantName, numConsumers) =>
      send("PUT", "/consumer/count", { tenantName, numConsumers }),
    setWorkerCount: (tenantName, numWorkers) =>
      send("PUT", "/populator/metadata", { tenantName, numWorkers }),
    createTopic: (topicName, numPartitions) =>
      send("POST", "/kafka/topic", { topicName, numPartitions }),
    move: (featureGroupName, tenantConfig) =>
      send("POST", "/feature-group/tenant", { featureGroupName, tenantConfig }),
    moveAll: (role, currentTenant, newTenant) =>
      send("PUT", "/tenant/all", { tenantType: ROLE_NAMES[role], currentTenant, newTenant }),
  };
}
