import { Alert, Button, Menu, Select, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError } from "../../api/api-error.ts";
import { IconChevronDown, IconPlus } from "../../components/icons.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { PendingNotice } from "../../components/rows/pending-notice.tsx";
import { discoveryTrail, RowEntityLink } from "../../components/rows/row-links.tsx";
import { StoredColumns } from "../../components/rows/stored-columns.tsx";
import { Section } from "../../components/section.tsx";
import type { RowGroup } from "../../model/rows.ts";
import { useApi } from "../../session/api-context.ts";
import { ForApprovers } from "../../session/for-approvers.tsx";
import { rowsKey, useCreations, useRowVersions } from "../../session/row-queries.ts";
import { CodeTab } from "./code-tab.tsx";
import { GroupStateDialog, MoveGroupDialog, TtlDialog } from "./group-dialogs.tsx";
import { GroupFacts } from "./group-facts.tsx";
import { RowVersionsTab } from "./row-versions-tab.tsx";
import { RunsTab } from "./runs-tab.tsx";

const NOT_FOUND = 404;
const FROM = "/shell/rows/rows/groups/$group";

const TABS = [
  ["columns", "Columns"],
  ["versions", "Versions"],
  ["runs", "Runs"],
  ["code", "Code to use it"],
] as const;

/** `/rows/groups/$group`. */
export function RowGroupPage(): ReactNode {
  const { group: name } = useParams({ from: FROM });
  const { version = "" } = useSearch({ from: FROM });
  const { rows } = useApi();
  const creations = useCreations();
  const group = useQuery({
    queryKey: rowsKey("group", name, version),
    queryFn: ({ signal }) => rows.group(name, version, signal),
    // Another version of the same group takes its place without a gap.
    placeholderData: (previous) => (previous?.name === name ? previous : undefined),
  });
  const pending = creations.data?.filter(
    (each) => each.kind === "feature-group" && each.name === name,
  );
  const isMissing = group.error instanceof ApiError && group.error.status === NOT_FOUND;
  const isNowhere = isMissing && (pending?.length ?? 0) === 0;
  return (
    <Page
      title={name}
      trail={[
        ...discoveryTrail(),
        ...(group.data === undefined
          ? []
          : [<RowEntityLink key="entity" name={group.data.entityName} />]),
      ]}
      description={group.data?.description || undefined}
      actions={group.data === undefined ? undefined : <Actions group={group.data} />}
    >
      {pending?.map((creation) => (
        <PendingNotice key={creation.version} creation={creation} />
      ))}
      {isNowhere ? (
        <EmptyState title={`There is no feature group ${name}${version && ` ${version}`}`} />
      ) : null}
      {isMissing ? null : (
        <QueryView query={group} what="the feature group">
          {(loaded) => <GroupDetails key={`${name} ${loaded.version}`} group={loaded} />}
        </QueryView>
      )}
    </Page>
  );
}

const DIALOGS = { state: GroupStateDialog, ttl: TtlDialog, move: MoveGroupDialog } as const;

function Actions({ group }: { readonly group: RowGroup }): ReactNode {
  return (
    <>
      <VersionPicker group={group} />
      <ForApprovers>
        <ChangeActions group={group} />
      </ForApprovers>
    </>
  );
}

function ChangeActions({ group }: { readonly group: RowGroup }): ReactNode {
  const [opened, setOpened] = useState<keyof typeof DIALOGS>();
  const Dialog = opened === undefined ? undefined : DIALOGS[opened];
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} />}>
            Change
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpened("ttl")}>Time to live…</Menu.Item>
          <Menu.Item onClick={() => setOpened("move")}>Move to other tenants…</Menu.Item>
          <Menu.Item onClick={() => setOpened("state")}>
            {group.state === "LIVE" ? `Archive ${group.version}…` : `Make ${group.version} live…`}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {group.isVersioned ? (
        <ButtonLink
          to="/rows/new/version"
          search={{ group: group.name }}
          leftSection={<IconPlus size={16} />}
        >
          New version
        </ButtonLink>
      ) : null}
      {Dialog === undefined ? null : <Dialog group={group} onClose={() => setOpened(undefined)} />}
    </>
  );
}

function GroupDetails({ group }: { readonly group: RowGroup }): ReactNode {
  const { tab = "columns", version } = useSearch({ from: FROM });
  const navigate = useNavigate();
  const go = (next: string | null): void => {
    const search = { tab: next ?? "columns", version };
    const params = { group: group.name };
    void navigate({ to: "/rows/groups/$group", params, search, replace: true });
  };
  return (
    <>
      {group.state === "ARCHIVED" ? (
        <Alert color="gray" title={`${group.version} is archived`}>
          Reads and writes of this version are refused until it is made live again.
        </Alert>
      ) : null}
      <GroupFacts group={group} />
      <Tabs value={tab} keepMounted={false} onChange={go}>
        <Tabs.List>
          {TABS.map(([value, text]) => (
            <Tabs.Tab key={value} value={value}>
              {text}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="columns" pt="md">
          <ColumnsTab group={group} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" pt="md">
          <RowVersionsTab group={group} />
        </Tabs.Panel>
        <Tabs.Panel value="runs" pt="md">
          <RunsTab group={group} />
        </Tabs.Panel>
        <Tabs.Panel value="code" pt="md">
          <CodeTab group={group} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** Nothing where there is one version only. */
function VersionPicker({ group }: { readonly group: RowGroup }): ReactNode {
  const { tab } = useSearch({ from: FROM });
  const navigate = useNavigate();
  const versions = useRowVersions(group.name);
  if ((versions.data?.length ?? 0) < 2) return null;
  return (
    <Select
      aria-label="Version"
      w={150}
      searchable
      allowDeselect={false}
      value={group.version}
      data={(versions.data ?? []).map(({ version, isLatest }) => ({
        value: version,
        label: isLatest ? `${version} (latest)` : version,
      }))}
      onChange={(next) => {
        if (next === null) return;
        const [params, search] = [{ group: group.name }, { tab, version: next }];
        void navigate({ to: "/rows/groups/$group", params, search, replace: true });
      }}
    />
  );
}

function ColumnsTab({ group }: { readonly group: RowGroup }): ReactNode {
  const { rows } = useApi();
  const storage = useQuery({
    queryKey: rowsKey("group-storage", group.name, group.version),
    queryFn: ({ signal }) => rows.groupStorage(group.name, group.version, signal),
  });
  return (
    <Section>
      <QueryView query={storage} what="the columns">
        {({ columns }) => (
          <StoredColumns caption={`Columns of ${group.name} ${group.version}`} columns={columns} />
        )}
      </QueryView>
    </Section>
  );
}
