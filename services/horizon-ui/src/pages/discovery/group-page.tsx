import { Button, Menu, Tabs } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LastWriteTime } from "../../components/fleet/last-write.tsx";
import { IconChevronDown } from "../../components/icons.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { type Fact, Facts, Section } from "../../components/section.tsx";
import { dataTypeName } from "../../model/data-types.ts";
import { formatTtl } from "../../model/format.ts";
import type { GroupFacts } from "../../model/registry.ts";
import { useLastWrites } from "../../session/fleet-queries.ts";
import { ForAuthors } from "../../session/for-authors.tsx";
import { useGroups } from "../../session/queries.ts";
import { FeatureTable } from "./feature-table.tsx";
import { StorageTab } from "./storage-tab.tsx";
import { VersionsTab } from "./versions-tab.tsx";

const TABS = [
  ["features", "Features"],
  ["versions", "Versions"],
  ["storage", "Storage and access"],
] as const;

/** `/discovery/$entity/$group`. */
export function GroupPage(): ReactNode {
  const { entity, group } = useParams({ from: "/shell/discovery/$entity/$group" });
  const groups = useGroups(entity);
  return (
    <Page
      title={group}
      trail={[
        <TextLink key="discovery" to="/discovery">
          Discovery
        </TextLink>,
        <TextLink key="entity" to="/discovery/$entity" params={{ entity }}>
          {entity}
        </TextLink>,
      ]}
      actions={<GroupActions entity={entity} group={group} />}
    >
      <QueryView query={groups} what="the feature group">
        {(all) => {
          const facts = all.find(({ label }) => label === group);
          if (facts === undefined) return <EmptyState title={`${entity} has no group ${group}`} />;
          return <GroupDetails key={group} group={facts} />;
        }}
      </QueryView>
    </Page>
  );
}

const CHANGES = [
  ["features-add", "Add features"],
  ["features-edit", "Edit features"],
  ["features-delete", "Delete features"],
  ["feature-group-edit", "Edit the group"],
] as const;

function GroupActions(props: { readonly entity: string; readonly group: string }): ReactNode {
  const { entity, group } = props;
  return (
    <>
      <ForAuthors>
        <ButtonLink to="/values" search={{ entity, group }} variant="default">
          Look up values
        </ButtonLink>
      </ForAuthors>
      <ButtonLink to="/connect" search={{ entity, group }} variant="default">
        Code to use it
      </ButtonLink>
      <ForAuthors>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button rightSection={<IconChevronDown size={16} />}>Change</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {CHANGES.map(([kind, text]) => (
              <Menu.Item
                key={kind}
                renderRoot={(root) => (
                  <Link
                    to="/requests/new/$kind"
                    params={{ kind }}
                    search={{ entity, group }}
                    {...root}
                  />
                )}
              >
                {text}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </ForAuthors>
    </>
  );
}

/** Nothing where no services are configured that could know. */
function useLastWriteFacts({ entityLabel, label }: GroupFacts): Fact[] {
  const { data, isError } = useLastWrites(entityLabel);
  if (isError) return [["Last written", "could not be asked"]];
  if (data === undefined || !data.hasServices) return [];
  const { groups, isIngestionKnown, areCallsKnown } = data;
  const { ingestedAtMs, writtenAtMs } = groups.find(({ group }) => group === label) ?? {};
  return [
    [
      "Last ingested",
      <LastWriteTime key="ingested" atMs={ingestedAtMs} isKnown={isIngestionKnown} />,
    ],
    [
      "Last written by calls",
      <LastWriteTime key="written" atMs={writtenAtMs} isKnown={areCallsKnown} />,
    ],
  ];
}

function GroupDetails({ group }: { readonly group: GroupFacts }): ReactNode {
  const { tab = "features" } = useSearch({ from: "/shell/discovery/$entity/$group" });
  const lastWriteFacts = useLastWriteFacts(group);
  const navigate = useNavigate();
  const params = { entity: group.entityLabel, group: group.label };
  const choose = (next: string | null): void => {
    const search = { tab: next ?? "features" };
    void navigate({ to: "/discovery/$entity/$group", params, search, replace: true });
  };
  return (
    <>
      <Section>
        <Facts
          facts={[
            ["Data type", dataTypeName(group.dataType)],
            ["Schema version", group.activeVersion],
            ["Time to live", formatTtl(group.ttlSeconds)],
            ["Store", group.storeId],
            ["Writer job", group.jobId],
            ["In-process cache", group.isInMemoryCached ? "on" : "off"],
            ["Distributed cache", group.isDistributedCached ? "on" : "off"],
            ["Layout version", group.layoutVersion],
            ...lastWriteFacts,
          ]}
        />
      </Section>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List>
          {TABS.map(([value, text]) => (
            <Tabs.Tab key={value} value={value}>
              {text}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="features" pt="md">
          <FeatureTable group={group} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" pt="md">
          <VersionsTab group={group} />
        </Tabs.Panel>
        <Tabs.Panel value="storage" pt="md">
          <StorageTab group={group} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
