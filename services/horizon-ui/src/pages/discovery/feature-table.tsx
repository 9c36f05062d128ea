import { Anchor, Drawer, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { FeatureDetails } from "../../api/catalog.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Facts, Section } from "../../components/section.tsx";
import { isStringType, isVectorType } from "../../model/data-types.ts";
import { formatCount } from "../../model/format.ts";
import { pageOf, searchRows } from "../../model/paging.ts";
import type { FeatureFullFacts, GroupFacts } from "../../model/registry.ts";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";

/** @returns where offline values come from, in one line */
export function sourceText(feature: FeatureFullFacts): string {
  if (feature.provider === "") return "–";
  return `${feature.provider} ${feature.basePath} → ${feature.sourceColumn}`;
}

/** Features of the active version; one opens what is known of it. */
export function FeatureTable({ group }: { readonly group: GroupFacts }): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const [opened, setOpened] = useState<string>();
  const found = searchRows(group.features, search, (feature) => [
    feature.label,
    feature.defaultText,
    sourceText(feature),
  ]);
  const { rows, page, total } = pageOf(found, wanted);
  const columns = columnsFor(group.dataType, setOpened);
  return (
    <Section>
      <SearchField label="Filter by label, default or source" value={search} onChange={setSearch} />
      {total === 0 ? (
        <EmptyState title={search === "" ? "No features yet" : "Nothing matches the filter"} />
      ) : (
        <Stack gap="sm">
          <DataTable
            caption={`Features of ${group.label}`}
            columns={columns}
            rows={rows}
            rowKey={({ label }) => label}
          />
          <Pager page={page} total={total} onChange={setWanted} />
        </Stack>
      )}
      <Drawer
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        position="right"
        title={opened}
      >
        {opened === undefined ? null : <FeatureView group={group} label={opened} />}
      </Drawer>
    </Section>
  );
}

function columnsFor(
  dataType: string,
  open: (label: string) => void,
): readonly Column<FeatureFullFacts>[] {
  return [
    { header: "#", width: 48, align: "right", render: ({ sequence }) => sequence },
    {
      header: "Feature",
      render: ({ label }) => (
        <Anchor component="button" type="button" fz="sm" onClick={() => open(label)}>
          {label}
        </Anchor>
      ),
    },
    {
      header: "Default",
      render: ({ defaultText }) => <span className="mono long">{defaultText || "(empty)"}</span>,
    },
    ...(isStringType(dataType)
      ? [
          {
            header: "String length",
            align: "right" as const,
            render: ({ stringLength }: FeatureFullFacts) => stringLength,
          },
        ]
      : []),
    ...(isVectorType(dataType)
      ? [
          {
            header: "Vector length",
            align: "right" as const,
            render: ({ vectorLength }: FeatureFullFacts) => vectorLength,
          },
        ]
      : []),
    {
      header: "Source",
      render: (feature) => <span className="mono long">{sourceText(feature)}</span>,
    },
  ];
}

function FeatureView(props: { readonly group: GroupFacts; readonly label: string }): ReactNode {
  const { group, label } = props;
  const { catalog } = useApi();
  const address = { entity: group.entityLabel, group: group.label };
  const details = useQuery({
    queryKey: [KEYS.registry, "feature", group.entityLabel, group.label, label],
    queryFn: ({ signal }) => catalog.feature(address, label, signal),
  });
  return (
    <QueryView query={details} what="the feature">
      {(loaded) => <FeatureFactsList details={loaded} />}
    </QueryView>
  );
}

function FeatureFactsList({ details }: { readonly details: FeatureDetails }): ReactNode {
  const { feature } = details;
  return (
    <Facts
      facts={[
        ["Position", feature.sequence],
        [
          "Default",
          <span key="default" className="mono long">
            {feature.defaultText || "(empty)"}
          </span>,
        ],
        ["Source", sourceText(feature)],
        ["Writer job", details.jobId],
        ["Store", `${details.storeId} (${details.dbType})`],
        ["Table", details.table],
        ["Columns", details.columns.join(", ")],
        ["In versions", details.versions.join(", ")],
        ["Clients that may write", clientsText(details.mayWrite)],
        ["Clients that may read", clientsText(details.mayRead)],
      ]}
    />
  );
}

const CLIENTS_SHOWN = 20;

function clientsText(clients: readonly string[]): string {
  if (clients.length === 0) return "none";
  const shown = clients.slice(0, CLIENTS_SHOWN).join(", ");
  const more = clients.length - CLIENTS_SHOWN;
  return more > 0 ? `${shown} and ${formatCount(more, "other")}` : shown;
}
