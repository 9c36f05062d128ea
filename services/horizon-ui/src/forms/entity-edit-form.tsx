import type { ReactNode } from "react";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { type CacheDraft, type EntityEditDraft, entityEditPayload } from "../model/payloads.ts";
import type { CacheFacts, EntityFacts } from "../model/registry.ts";
import { useEntities } from "../session/queries.ts";
import { CacheFields } from "./fields.tsx";
import { RequestForm } from "./request-form.tsx";

/** `entity-edit`. @param entity chosen above; empty while none is */
export function EntityEditForm({ entity }: { readonly entity: string }): ReactNode {
  const entities = useEntities();
  return (
    <QueryView query={entities} what="entities">
      {(all) => {
        const facts = all.find(({ label }) => label === entity);
        if (facts !== undefined) return <EntityEditFields key={entity} entity={facts} />;
        return <EmptyState title="Choose an entity to edit" />;
      }}
    </QueryView>
  );
}

function EntityEditFields({ entity }: { readonly entity: EntityFacts }): ReactNode {
  const initial: EntityEditDraft = {
    "entity-label": entity.label,
    "in-memory-cache": cacheDraft(entity.inMemoryCache),
    "distributed-cache": cacheDraft(entity.distributedCache),
  };
  return (
    <RequestForm
      kind="entity-edit"
      subject={entity.label}
      initial={initial}
      toPayload={entityEditPayload}
    >
      {(form, field) => (
        <>
          <CacheFields
            title="In-process cache"
            path="in-memory-cache"
            value={form.values["in-memory-cache"]}
            field={field}
            configs={{}}
            isConfigFixed
          />
          <CacheFields
            title="Distributed cache"
            path="distributed-cache"
            value={form.values["distributed-cache"]}
            field={field}
            configs={{}}
            isConfigFixed
          />
        </>
      )}
    </RequestForm>
  );
}

function cacheDraft(cache: CacheFacts): CacheDraft {
  return {
    enabled: cache.isEnabled,
    "ttl-in-seconds": cache.ttlSeconds,
    "jitter-percentage": cache.jitterPercent,
    "conf-id": String(cache.confId),
  };
}
