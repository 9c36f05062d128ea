import type { Consumer } from "./row-effects.ts";
import { latestVersions, type RowGroup, TENANT_ROLES, type TenantRole } from "./rows.ts";

/** A tenant, and which feature groups use it. */
export interface TenantFacts {
  readonly name: string;
  readonly groups: Readonly<Record<TenantRole, readonly string[]>>;
  /** undefined: rows for it go to the default tenant's topic, if that has one. */
  readonly topic: string | undefined;
}

/** All that are named anywhere, by name. */
export function tenantList(
  groups: readonly RowGroup[],
  consumers: readonly Consumer[],
): TenantFacts[] {
  const latest = latestVersions(groups);
  const topics = new Map(consumers.map(({ tenant, topic }) => [tenant, topic]));
  const names = new Set([
    ...latest.flatMap(({ tenants }) => TENANT_ROLES.map((role) => tenants[role])),
    ...topics.keys(),
  ]);
  const namesOn = (role: TenantRole, tenant: string): string[] =>
    latest.filter(({ tenants }) => tenants[role] === tenant).map(({ name }) => name);
  return [...names].sort().map((name) => ({
    name,
    groups: {
      read: namesOn("read", name),
      write: namesOn("write", name),
      consume: namesOn("consume", name),
    },
    topic: topics.get(name),
  }));
}

/** A topic, and which tenants' rows come from it. */
export interface TopicFacts {
  readonly name: string;
  readonly tenants: readonly string[];
  /** As registered. */
  readonly partitionCount: number;
  readonly actualPartitionCount: number | undefined;
  readonly fault: string;
}

/** Topics that tenants use, by name. */
export function topicList(consumers: readonly Consumer[]): TopicFacts[] {
  const names = [...new Set(consumers.map(({ topic }) => topic))].sort();
  return names.map((name) => {
    const own = consumers.filter(({ topic }) => topic === name);
    return {
      name,
      tenants: own.map(({ tenant }) => tenant),
      partitionCount: Math.max(...own.map((consumer) => consumer.partitionCount)),
      actualPartitionCount: own[0]?.topicPartitionCount,
      fault: own[0]?.topicFault ?? "",
    };
  });
}
