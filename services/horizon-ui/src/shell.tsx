import {
  AppShell,
  Burger,
  Center,
  Group,
  Loader,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Navigate, Outlet, useLocation, useNavigate, useRouter } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { IconHorizon, IconSearch } from "./components/icons.tsx";
import { EmptyState } from "./components/query-view.tsx";
import { Navigation } from "./navigation.tsx";
import { useSessionQuery } from "./session/use-session.ts";
import { UserMenu } from "./user-menu.tsx";

/** The signed-in part: nobody gets in without a session, or with a password that must be changed. */
export function SignedInShell(): ReactNode {
  const session = useSessionQuery();
  useWayToLogin(session.data === null);
  if (session.data === undefined) {
    if (!session.isError) return <Starting />;
    return (
      <EmptyState title="Horizon cannot be reached">
        {session.error.message}. Reload the page to try again.
      </EmptyState>
    );
  }
  if (session.data === null) return <Starting />;
  if (session.data.mustChangePassword) return <Navigate to="/change-password" replace />;
  return <Frame />;
}

/** Once, and with the address of that moment: the login's own address is no place to come back to. */
function useWayToLogin(isSignedOut: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!isSignedOut) return;
    const { href } = router.history.location;
    void router.navigate({ to: "/login", search: { next: href }, replace: true });
  }, [isSignedOut, router]);
}

function Starting(): ReactNode {
  return (
    <Center h="100vh" role="status" aria-label="Loading">
      <Loader />
    </Center>
  );
}

function Frame(): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  // The menu of a phone covers the page that was just chosen.
  useEffect(close, [pathname]);
  return (
    <AppShell
      header={{ height: 54 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? "Close the menu" : "Open the menu"}
            />
            <IconHorizon size={24} stroke={1.6} color="var(--mantine-color-horizon-5)" />
            <Text fw={650} visibleFrom="xs">
              OFS Horizon
            </Text>
          </Group>
          <GlobalSearch />
          <UserMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function GlobalSearch(): ReactNode {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  return (
    <search style={{ flex: 1, maxWidth: 460 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: "/search", search: { q: text.trim() } });
        }}
      >
        <TextInput
          type="search"
          aria-label="Search entities, feature groups, features, sources, stores and jobs"
          placeholder="Search features, sources, stores…"
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <VisuallyHidden>
          <button type="submit">Search</button>
        </VisuallyHidden>
      </form>
    </search>
  );
}
