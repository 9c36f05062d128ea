import { Button, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { IconChevronDown, IconPlus } from "../../components/icons.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { PendingNotice } from "../../components/rows/pending-notice.tsx";
import { Section } from "../../components/section.tsx";
import { ForAuthors } from "../../session/for-authors.tsx";
import { useEntities } from "../../session/queries.ts";
import {
  useCreations,
  useHasRows,
  useRowEntities,
  useRowGroups,
} from "../../session/row-queries.ts";
import { usePermissions } from "../../session/use-session.ts";
import { EntityList } from "./entity-list.tsx";

const DESCRIPTION = "Entities, their feature groups and features, as the registry has them now.";

/** `/discovery`. */
export function EntitiesPage(): ReactNode {
  const hasRows = useHasRows();
  return (
    <Page
      title="Discovery"
      description={DESCRIPTION}
      actions={
        <ForAuthors>
          <NewEntity hasRows={hasRows === true} />
        </ForAuthors>
      }
    >
      {hasRows === true ? <BothDialects /> : <BlockEntities />}
    </Page>
  );
}

/** Entities of the block dialect are asked for; those of the row dialect are made at once, by those who may. */
function NewEntity({ hasRows }: { readonly hasRows: boolean }): ReactNode {
  const { mayDecide } = usePermissions();
  const icon = <IconPlus size={16} />;
  if (!(hasRows && mayDecide)) {
    return (
      <ButtonLink
        to="/requests/new/$kind"
        params={{ kind: "entity" }}
        variant="default"
        leftSection={icon}
      >
        New entity
      </ButtonLink>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={icon} rightSection={<IconChevronDown size={16} />}>
          New entity
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          renderRoot={(root) => (
            <Link to="/requests/new/$kind" params={{ kind: "entity" }} {...root} />
          )}
        >
          Block dialect: send a request
        </Menu.Item>
        <Menu.Item renderRoot={(root) => <Link to="/rows/new/entity" {...root} />}>
          Row dialect: make a table
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function BlockEntities(): ReactNode {
  const entities = useEntities();
  return (
    <Section>
      <QueryView
        query={entities}
        what="entities"
        isEmpty={(all) => all.length === 0}
        empty={
          <EmptyState title="No entities yet">
            An entity is what features are about. Register a store and a job first, then ask for an
            entity.
          </EmptyState>
        }
      >
        {(all) => <EntityList block={all} row={undefined} groups={[]} />}
      </QueryView>
    </Section>
  );
}

/** One dialect that cannot be loaded does not hide the other. */
function BothDialects(): ReactNode {
  const block = useEntities();
  const row = useRowEntities();
  const groups = useRowGroups();
  const creations = useCreations();
  const isLoading = [block, row, groups].some(({ isPending }) => isPending);
  return (
    <Section>
      {creations.data?.map((creation) => (
        <PendingNotice
          key={`${creation.kind} ${creation.name} ${creation.version}`}
          creation={creation}
        />
      ))}
      <QueryView query={block} what="entities of the block dialect">
        {() => null}
      </QueryView>
      <QueryView query={row} what="entities of the row dialect">
        {() => null}
      </QueryView>
      {groups.isError ? (
        <QueryView query={groups} what="feature groups of the row dialect">
          {() => null}
        </QueryView>
      ) : null}
      {isLoading ? null : (
        <EntityList block={block.data ?? []} row={row.data ?? []} groups={groups.data ?? []} />
      )}
    </Section>
  );
}
