import { NavLink, ScrollArea, Stack, Text } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ReactNode, Ref } from "react";
import {
  IconCode,
  IconDatabase,
  IconGitPullRequest,
  IconHistory,
  IconHome,
  IconInbox,
  IconKey,
  IconScale,
  IconTable,
  type Icon as IconType,
  IconUpload,
  IconUsers,
  IconZoom,
} from "./components/icons.tsx";
import { useHasRows } from "./session/row-queries.ts";
import { type Permissions, usePermissions } from "./session/use-session.ts";

interface Target {
  readonly to: string;
  readonly label: string;
  readonly icon: IconType;
  /** Only that page, and not those below it. */
  readonly isExact?: boolean;
  readonly isFor?: (permissions: Permissions) => boolean;
  /** Only where the row dialect is served. */
  readonly isOfRows?: boolean;
}

interface Part {
  readonly title: string;
  readonly targets: readonly Target[];
}

const isAuthor = ({ maySubmit }: Permissions): boolean => maySubmit;
const isAdmin = ({ mayAdminister }: Permissions): boolean => mayAdminister;
const isApprover = ({ mayDecide }: Permissions): boolean => mayDecide;

const PARTS: readonly Part[] = [
  {
    title: "Catalogue",
    targets: [
      { to: "/", label: "Home", icon: IconHome, isExact: true },
      { to: "/discovery", label: "Discovery", icon: IconTable },
      { to: "/stores", label: "Stores", icon: IconDatabase },
      { to: "/jobs", label: "Jobs and tokens", icon: IconKey },
    ],
  },
  {
    title: "Change",
    targets: [{ to: "/requests", label: "Requests", icon: IconGitPullRequest }],
  },
  {
    title: "Use",
    targets: [
      { to: "/values", label: "Value browser", icon: IconZoom, isFor: isAuthor },
      { to: "/connect", label: "Read and write", icon: IconCode },
    ],
  },
  {
    title: "Operate",
    targets: [
      { to: "/rows/tenants", label: "Tenants and topics", icon: IconInbox, isOfRows: true },
      { to: "/populator", label: "Populator", icon: IconUpload },
      { to: "/drift", label: "Drift", icon: IconScale, isFor: isApprover },
      { to: "/audit", label: "Audit log", icon: IconHistory, isFor: isAdmin },
      { to: "/admin/users", label: "Users", icon: IconUsers, isFor: isAdmin },
    ],
  },
];

interface NavigationLinkProps {
  readonly label: string;
  readonly leftSection?: ReactNode;
  readonly ref?: Ref<HTMLAnchorElement>;
}

function PlainNavLink(props: NavigationLinkProps): ReactNode {
  return <NavLink component="a" {...props} style={{ borderRadius: 6 }} />;
}

const NavigationLink = createLink(PlainNavLink);

function partsFor(permissions: Permissions, hasRows: boolean): Part[] {
  return PARTS.map(({ title, targets }) => ({
    title,
    targets: targets.filter(
      ({ isFor, isOfRows = false }) =>
        (isFor === undefined || isFor(permissions)) && (hasRows || !isOfRows),
    ),
  })).filter(({ targets }) => targets.length > 0);
}

/** The menu on the left. */
export function Navigation(): ReactNode {
  const permissions = usePermissions();
  const hasRows = useHasRows() === true;
  return (
    <ScrollArea type="auto" component="nav" aria-label="Main">
      <Stack gap="md">
        {partsFor(permissions, hasRows).map(({ title, targets }) => (
          <div key={title}>
            <Text size="xs" c="dimmed" fw={600} px="xs" pb={4}>
              {title}
            </Text>
            {targets.map(({ to, label, icon: Icon, isExact = false }) => (
              <NavigationLink
                key={to}
                to={to}
                label={label}
                leftSection={<Icon size={18} stroke={1.6} />}
                activeOptions={{ exact: isExact, includeSearch: false }}
                activeProps={{ "data-active": true }}
              />
            ))}
          </div>
        ))}
      </Stack>
    </ScrollArea>
  );
}
