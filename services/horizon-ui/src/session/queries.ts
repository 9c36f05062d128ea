import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { RequestPage, RequestQuery } from "../api/requests.ts";
import type { Family } from "../model/change-kinds.ts";
import type { EntityFacts, GroupFacts, StoreFacts } from "../model/registry.ts";
import { useApi } from "./api-context.ts";

/** First parts of query keys: what a change makes stale. */
export const KEYS = {
  registry: "registry",
  requests: "requests",
  users: "users",
  audit: "audit",
} as const;

export function useEntities(): UseQueryResult<EntityFacts[]> {
  const { discovery } = useApi();
  return useQuery({
    queryKey: [KEYS.registry, "entities"],
    queryFn: ({ signal }) => discovery.entities(signal),
  });
}

/** @param entity nothing is asked while it is empty */
export function useGroups(entity: string): UseQueryResult<GroupFacts[]> {
  const { discovery } = useApi();
  return useQuery({
    queryKey: [KEYS.registry, "groups", entity],
    queryFn: ({ signal }) => discovery.groups(entity, signal),
    enabled: entity !== "",
  });
}

export function useStores(): UseQueryResult<StoreFacts[]> {
  const { discovery } = useApi();
  return useQuery({
    queryKey: [KEYS.registry, "stores"],
    queryFn: ({ signal }) => discovery.stores(signal),
  });
}

export function useJobNames(type: "writer" | "reader"): UseQueryResult<string[]> {
  const { discovery } = useApi();
  return useQuery({
    queryKey: [KEYS.registry, "job-names", type],
    queryFn: ({ signal }) => discovery.jobs(type, signal),
  });
}

export function useStoreConfigs(): UseQueryResult<Record<string, string>> {
  const { discovery } = useApi();
  return useQuery({
    queryKey: ["configs", "stores"],
    queryFn: ({ signal }) => discovery.storeConfigs(signal),
  });
}

export function useCacheConfigs(
  type: "distributed" | "in-memory",
): UseQueryResult<Record<string, string>> {
  const { discovery } = useApi();
  return useQuery({
    queryKey: ["configs", "caches", type],
    queryFn: ({ signal }) => discovery.cacheConfigs(type, signal),
  });
}

export function useRequests(family: Family, query: RequestQuery): UseQueryResult<RequestPage> {
  const { requests } = useApi();
  return useQuery({
    queryKey: [KEYS.requests, family, query],
    queryFn: ({ signal }) => requests.list(family, query, signal),
    placeholderData: keepPreviousData,
  });
}
