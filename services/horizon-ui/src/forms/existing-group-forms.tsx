import { MultiSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { EmptyState, QueryView } from "../components/query-view.tsx";
import { Facts } from "../components/section.tsx";
import { dataTypeName } from "../model/data-types.ts";
import {
  EMPTY_FEATURE,
  type FeatureDraft,
  type FeaturesDeleteDraft,
  type FeaturesDraft,
  featuresDeletePayload,
  featuresPayload,
  type GroupEditDraft,
  groupEditPayload,
} from "../model/payloads.ts";
import type { FeatureFullFacts, GroupFacts } from "../model/registry.ts";
import { useGroups } from "../session/queries.ts";
import { FeatureFields } from "./feature-fields.tsx";
import { FeatureList } from "./feature-list.tsx";
import { GroupSettings } from "./group-form.tsx";
import { RequestForm } from "./request-form.tsx";

/** Features that one form shows the fields of. */
const MAX_EDITED = 50;

/** Kinds of requests about a group that is there. */
export type GroupChangeKind =
  | "feature-group-edit"
  | "features-add"
  | "features-edit"
  | "features-delete";

interface ExistingGroupFormProps {
  readonly kind: GroupChangeKind;
  /** Chosen above; empty while none is. */
  readonly entity: string;
  readonly group: string;
}

/** Forms that begin with a group as it is. */
export function ExistingGroupForm({ kind, entity, group }: ExistingGroupFormProps): ReactNode {
  const groups = useGroups(entity);
  if (entity === "" || group === "") {
    return <EmptyState title="Choose an entity and a feature group" />;
  }
  return (
    <QueryView query={groups} what="feature groups">
      {(all) => {
        const facts = all.find(({ label }) => label === group);
        if (facts === undefined) return <EmptyState title={`${entity} has no group ${group}`} />;
        const Fields = FIELDS[kind];
        return <Fields key={`${entity}/${group}`} group={facts} />;
      }}
    </QueryView>
  );
}

interface GroupProps {
  readonly group: GroupFacts;
}

const FIELDS: Readonly<Record<GroupChangeKind, (props: GroupProps) => ReactNode>> = {
  "feature-group-edit": GroupEditFields,
  "features-add": FeaturesAddFields,
  "features-edit": FeaturesEditFields,
  "features-delete": FeaturesDeleteFields,
};

function subjectOf({ entityLabel, label }: GroupFacts): string {
  return `${entityLabel}/${label}`;
}

function GroupFactsLine({ group }: GroupProps): ReactNode {
  return (
    <Facts
      facts={[
        ["Feature group", subjectOf(group)],
        ["Data type", dataTypeName(group.dataType)],
        ["Schema version", group.activeVersion],
        ["Features", group.features.length],
      ]}
    />
  );
}

function GroupEditFields({ group }: GroupProps): ReactNode {
  const initial: GroupEditDraft = {
    "entity-label": group.entityLabel,
    "fg-label": group.label,
    "ttl-in-seconds": group.ttlSeconds,
    "in-memory-cache-enabled": group.isInMemoryCached,
    "distributed-cache-enabled": group.isDistributedCached,
  };
  return (
    <RequestForm
      kind="feature-group-edit"
      subject={subjectOf(group)}
      initial={initial}
      toPayload={groupEditPayload}
    >
      {(form, field) => (
        <>
          <GroupFactsLine group={group} />
          <GroupSettings ttlSeconds={form.values["ttl-in-seconds"]} field={field} />
        </>
      )}
    </RequestForm>
  );
}

function FeaturesAddFields({ group }: GroupProps): ReactNode {
  const initial: FeaturesDraft = {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    features: [EMPTY_FEATURE],
  };
  return (
    <RequestForm
      kind="features-add"
      subject={subjectOf(group)}
      initial={initial}
      toPayload={(draft) => featuresPayload(draft, group.dataType)}
    >
      {(form, field) => (
        <>
          <GroupFactsLine group={group} />
          <FeatureList
            features={form.values.features}
            onChange={(features) => form.setFieldValue("features", features)}
            dataType={group.dataType}
            field={field}
          />
        </>
      )}
    </RequestForm>
  );
}

function FeaturesEditFields({ group }: GroupProps): ReactNode {
  const initial: FeaturesDraft = {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    features: [],
  };
  const known = new Map(group.features.map((feature) => [feature.label, featureDraft(feature)]));
  return (
    <RequestForm
      kind="features-edit"
      subject={subjectOf(group)}
      initial={initial}
      toPayload={(draft) => featuresPayload(draft, group.dataType)}
    >
      {(form, field) => {
        const { features } = form.values;
        const choose = (labels: readonly string[]): void => {
          const chosen = labels.flatMap((label) => {
            const draft = features.find((one) => one.labels === label) ?? known.get(label);
            return draft === undefined ? [] : [draft];
          });
          form.setFieldValue("features", chosen);
        };
        return (
          <>
            <GroupFactsLine group={group} />
            <MultiSelect
              label="Features to edit"
              description={`At most ${MAX_EDITED} in one request`}
              maxValues={MAX_EDITED}
              data={[...known.keys()]}
              limit={200}
              searchable
              value={features.map(({ labels }) => labels)}
              onChange={choose}
            />
            {features.map((feature, index) => (
              <FeatureFields
                key={feature.labels}
                index={index}
                feature={feature}
                dataType={group.dataType}
                field={field}
                isNameFixed
                onRemove={() => form.setFieldValue("features", features.toSpliced(index, 1))}
              />
            ))}
          </>
        );
      }}
    </RequestForm>
  );
}

function FeaturesDeleteFields({ group }: GroupProps): ReactNode {
  const initial: FeaturesDeleteDraft = {
    "entity-label": group.entityLabel,
    "feature-group-label": group.label,
    "feature-labels": [],
  };
  return (
    <RequestForm
      kind="features-delete"
      subject={subjectOf(group)}
      initial={initial}
      toPayload={featuresDeletePayload}
    >
      {(_form, field) => (
        <>
          <GroupFactsLine group={group} />
          <MultiSelect
            label="Features to delete"
            description="Stored values stay readable with older versions of the schema only"
            data={group.features.map(({ label }) => label)}
            limit={200}
            searchable
            {...field("feature-labels")}
          />
        </>
      )}
    </RequestForm>
  );
}

/** A feature as it is, to be edited. */
function featureDraft(feature: FeatureFullFacts): FeatureDraft {
  return {
    labels: feature.label,
    "default-values": feature.defaultText,
    "storage-provider": feature.provider,
    "source-base-path": feature.basePath,
    "source-data-column": feature.sourceColumn,
    "string-length": feature.stringLength,
    "vector-length": feature.vectorLength,
  };
}
