import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Modal,
  Select,
  Stack,
  Switch,
  Text,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import { ROLES, type User } from "../../api/users.ts";
import { CopyButton } from "../../components/code-block.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Pager, SearchField } from "../../components/list-tools.tsx";
import { notifySuccess } from "../../components/notify.ts";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Section } from "../../components/section.tsx";
import { pageOf, searchRows } from "../../model/paging.ts";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";
import { usePermissions } from "../../session/use-session.ts";

/** `/admin/users`. */
export function UsersPage(): ReactNode {
  const { mayAdminister } = usePermissions();
  const { users } = useApi();
  const all = useQuery({
    queryKey: [KEYS.users],
    queryFn: ({ signal }) => users.list(signal),
    enabled: mayAdminister,
  });
  if (!mayAdminister) return <AdministratorsOnly title="Users" />;
  return (
    <Page
      title="Users"
      description="Viewers read, authors ask for changes, approvers decide about them, administrators also manage users."
    >
      <Section>
        <QueryView query={all} what="users">
          {(loaded) => <UserList users={loaded} />}
        </QueryView>
      </Section>
    </Page>
  );
}

/** What others see of pages for administrators. */
export function AdministratorsOnly({ title }: { readonly title: string }): ReactNode {
  return (
    <Page title={title}>
      <EmptyState title="Only administrators see this" />
    </Page>
  );
}

function UserList({ users }: { readonly users: readonly User[] }): ReactNode {
  const [search, setSearch] = useState("");
  const [wanted, setWanted] = useState(1);
  const found = searchRows(users, search, ({ firstName, lastName, email, role }) => [
    firstName,
    lastName,
    email,
    role,
  ]);
  const { rows, page, total } = pageOf(found, wanted);
  return (
    <Stack gap="sm">
      <SearchField label="Search name, email or role" value={search} onChange={setSearch} />
      <DataTable
        caption="Users"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ email }) => email}
        minWidth={760}
      />
      {total === 0 ? <EmptyState title="Nobody matches the search" /> : null}
      <Pager page={page} total={total} onChange={setWanted} />
    </Stack>
  );
}

const COLUMNS: readonly Column<User>[] = [
  { header: "Name", render: ({ firstName, lastName }) => `${firstName} ${lastName}` },
  { header: "Email", render: ({ email }) => email },
  {
    header: "State",
    render: ({ isLocked, mustChangePassword }) => (
      <Group gap={4}>
        {isLocked || mustChangePassword ? null : "–"}
        {isLocked ? (
          <Badge color="red" variant="light" tt="none">
            locked
          </Badge>
        ) : null}
        {mustChangePassword ? (
          <Badge color="yellow" variant="light" tt="none">
            new password due
          </Badge>
        ) : null}
      </Group>
    ),
  },
  { header: "Role and access", width: 330, render: (user) => <UserControls user={user} /> },
  { header: "Password", render: (user) => <ResetPassword user={user} /> },
];

function UserControls({ user }: { readonly user: User }): ReactNode {
  const { email, role, isActive } = user;
  const { users } = useApi();
  const client = useQueryClient();
  const update = useMutation({
    mutationFn: (change: Partial<Pick<User, "isActive" | "role">>) =>
      users.update(email, { isActive, role, ...change }),
    onSuccess: () => notifySuccess(`${email} was changed`),
    onSettled: () => client.invalidateQueries({ queryKey: [KEYS.users] }),
  });
  return (
    <Stack gap={4}>
      <Group gap="sm" wrap="nowrap">
        <Select
          aria-label={`Role of ${email}`}
          data={[...ROLES]}
          value={role}
          allowDeselect={false}
          disabled={update.isPending}
          w={140}
          size="xs"
          onChange={(next) => {
            const wanted = ROLES.find((each) => each === next);
            if (wanted !== undefined) update.mutate({ role: wanted });
          }}
        />
        <Switch
          label={isActive ? "active" : "inactive"}
          aria-label={`Whether ${email} may sign in`}
          checked={isActive}
          disabled={update.isPending}
          onChange={(event) => update.mutate({ isActive: event.currentTarget.checked })}
        />
      </Group>
      {update.isError ? (
        <Text size="xs" c="red" role="alert">
          {messageOf(update.error)}
        </Text>
      ) : null}
    </Stack>
  );
}

function ResetPassword({ user }: { readonly user: User }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const { users } = useApi();
  const client = useQueryClient();
  const reset = useMutation({
    mutationFn: () => users.resetPassword(user.email),
    onSuccess: () => client.invalidateQueries({ queryKey: [KEYS.users] }),
  });
  const close = (): void => {
    setOpen(false);
    reset.reset();
  };
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
        Reset…
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Reset the password of ${user.email}`}>
        {reset.data === undefined ? (
          <Stack>
            <Text size="sm">All their sessions end, and they have to choose a new password.</Text>
            {reset.isError ? (
              <Alert color="red" role="alert">
                {messageOf(reset.error)}
              </Alert>
            ) : null}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button color="red.9" loading={reset.isPending} onClick={() => reset.mutate()}>
                Reset
              </Button>
            </Group>
          </Stack>
        ) : (
          <NewPassword password={reset.data} />
        )}
      </Modal>
    </>
  );
}

function NewPassword({ password }: { readonly password: string }): ReactNode {
  return (
    <Stack>
      <Text size="sm">Hand it over safely. It is shown this once.</Text>
      <Group gap="xs">
        <Code className="mono">{password}</Code>
        <CopyButton text={password} />
      </Group>
    </Stack>
  );
}
