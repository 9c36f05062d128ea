import { Button, Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { messageOf } from "./api/api-error.ts";
import {
  IconChevronDown,
  IconLogout,
  IconMoon,
  IconSun,
  IconUserCircle,
} from "./components/icons.tsx";
import { notifyFailure } from "./components/notify.ts";
import { useApi } from "./session/api-context.ts";
import { SESSION_KEY, usePermissions } from "./session/use-session.ts";

/** Who is signed in, colours, and the way out. */
export function UserMenu(): ReactNode {
  const { email, role } = usePermissions();
  const { session } = useApi();
  const client = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  const logout = useMutation({
    mutationFn: () => session.logout(),
    onSuccess: () => {
      // Told first: `clear` would take the query from those who wait for its news, and nobody would leave the page.
      client.setQueryData(SESSION_KEY, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
    },
    onError: (error) => notifyFailure("Could not sign out", messageOf(error)),
  });
  const SchemeIcon = isDark ? IconSun : IconMoon;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          aria-label={`Account of ${email}`}
          rightSection={<IconChevronDown size={14} />}
        >
          <IconUserCircle size={22} stroke={1.6} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {email} ({role})
        </Menu.Label>
        <Menu.Item
          leftSection={<SchemeIcon size={16} />}
          onClick={() => setColorScheme(isDark ? "light" : "dark")}
        >
          {isDark ? "Light colours" : "Dark colours"}
        </Menu.Item>
        <Menu.Item component={Link} to="/change-password">
          Change password
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => logout.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
