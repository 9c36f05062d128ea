import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { DialectBadge } from "../../components/rows/dialect-badge.tsx";
import { RowEntityLink } from "../../components/rows/row-links.tsx";
import { StateBadge } from "../../components/rows/state-badge.tsx";
import { Tags } from "../../components/rows/tags.tsx";
import { Facts, Section } from "../../components/section.tsx";
import { When } from "../../components/when.tsx";
import { formatTtl } from "../../model/format.ts";
import type { RowGroup, Tenants } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { rowsKey } from "../../session/row-queries.ts";

/** What is known of one version of a feature group, beside its columns. */
export function GroupFacts({ group }: { readonly group: RowGroup }): ReactNode {
  return (
    <Section>
      <Facts
        facts={[
          ["Dialect", <DialectBadge key="dialect" dialect="row" />],
          ["Version", group.isVersioned ? group.version : "unversioned"],
          ["State", <StateBadge key="state" state={group.state} />],
          ["Entity", <RowEntityLink key="entity" name={group.entityName} />],
          ["Time to live", <EntityTtl key="ttl" entity={group.entityName} />],
          ["Kind", group.type === "ONLINE" ? "online" : "offline"],
          ["Tenant", tenantsText(group.tenants)],
          ["Topic", <Topic key="topic" group={group.name} />],
          ["Owner", group.owner],
          ["Tags", <Tags key="tags" tags={group.tags} />],
          ["Created", <When key="created" atMs={group.createdAtMs} />],
          ["Changed", <When key="changed" atMs={group.updatedAtMs} />],
        ]}
      />
    </Section>
  );
}

/** One name where all roles have the same tenant. */
export function tenantsText({ read, write, consume }: Tenants): string {
  if (read === write && write === consume) return read;
  return `reads ${read}, writes ${write}, topic ${consume}`;
}

function EntityTtl({ entity }: { readonly entity: string }): ReactNode {
  const { rows } = useApi();
  const { data, isError } = useQuery({
    queryKey: rowsKey("entity", entity),
    queryFn: ({ signal }) => rows.entity(entity, signal),
  });
  if (isError) return "could not be asked";
  return data === undefined ? "…" : formatTtl(data.ttlSeconds);
}

function Topic({ group }: { readonly group: string }): ReactNode {
  const { rows } = useApi();
  const { data, isError } = useQuery({
    queryKey: rowsKey("topic", group),
    queryFn: ({ signal }) => rows.topic(group, signal),
  });
  if (isError) return "could not be asked";
  if (data === undefined) return "…";
  if ("topic" in data) return <span className="mono">{data.topic}</span>;
  return (
    <Text span inherit title={data.fault}>
      none yet
    </Text>
  );
}
