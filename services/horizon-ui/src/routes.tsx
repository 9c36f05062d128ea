import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router";
import { RUN_STATES, type RunState } from "./api/populator.ts";
import { isFamily, REQUEST_STATUSES } from "./model/change-kinds.ts";
import { AuditPage } from "./pages/admin/audit-page.tsx";
import { DriftPage } from "./pages/admin/drift-page.tsx";
import { UsersPage } from "./pages/admin/users-page.tsx";
import { ChangePasswordPage } from "./pages/auth/change-password-page.tsx";
import { LoginPage } from "./pages/auth/login-page.tsx";
import { RegisterPage } from "./pages/auth/register-page.tsx";
import { ConnectPage } from "./pages/connect-page.tsx";
import { EntitiesPage } from "./pages/discovery/entities-page.tsx";
import { EntityPage } from "./pages/discovery/entity-page.tsx";
import { GroupPage } from "./pages/discovery/group-page.tsx";
import { HomePage } from "./pages/home-page.tsx";
import { JobsPage } from "./pages/jobs-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { NewPopulatorRunPage } from "./pages/populator/new-run-page.tsx";
import { PopulatorRunPage } from "./pages/populator/run-page.tsx";
import { PopulatorRunsPage } from "./pages/populator/runs-page.tsx";
import { NewRequestIndexPage, NewRequestPage } from "./pages/requests/new-request-page.tsx";
import { RequestPage } from "./pages/requests/request-page.tsx";
import { RequestsPage } from "./pages/requests/requests-page.tsx";
import {
  NewRowEntityPage,
  NewRowGroupPage,
  NewRowVersionPage,
} from "./pages/rows/new-row-pages.tsx";
import { RowEntityPage } from "./pages/rows/row-entity-page.tsx";
import { RowGroupPage } from "./pages/rows/row-group-page.tsx";
import { RowsFrame } from "./pages/rows/rows-frame.tsx";
import { TenantsPage } from "./pages/rows/tenants-page.tsx";
import { SearchPage } from "./pages/search-page.tsx";
import { StoresPage } from "./pages/stores-page.tsx";
import { ValuesPage } from "./pages/values-page.tsx";
import { SignedInShell } from "./shell.tsx";

type RawSearch = Record<string, unknown>;

/** What follows `?` is written by anybody: only texts are taken. */
function textOf(raw: RawSearch, name: string): string | undefined {
  const value = raw[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

interface GroupSearch {
  entity?: string | undefined;
  group?: string | undefined;
}

/** What a form of a request is about. */
interface NewRequestSearch extends GroupSearch {
  readonly type?: string | undefined;
  readonly job?: string | undefined;
}

function groupSearch(raw: RawSearch): GroupSearch {
  return { entity: textOf(raw, "entity"), group: textOf(raw, "group") };
}

interface RowGroupSearch {
  readonly tab?: string | undefined;
  readonly version?: string | undefined;
}

interface LoginSearch {
  next?: string | undefined;
  registered?: boolean | undefined;
}

function loginSearch({ registered, ...raw }: RawSearch): LoginSearch {
  return { next: textOf(raw, "next"), registered: registered === true || undefined };
}

interface RequestsSearch {
  family?: string | undefined;
  status?: (typeof REQUEST_STATUSES)[number] | undefined;
  q?: string | undefined;
  page?: number | undefined;
}

function requestsSearch(raw: RawSearch): RequestsSearch {
  const family = textOf(raw, "family");
  const { status: wanted, page: number } = raw;
  const page = Number(number);
  return {
    family: family !== undefined && isFamily(family) ? family : undefined,
    status: REQUEST_STATUSES.find((status) => status === wanted),
    q: textOf(raw, "q"),
    page: Number.isSafeInteger(page) && page > 0 ? page : undefined,
  };
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: LoginPage,
  validateSearch: loginSearch,
});
const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  component: RegisterPage,
});
const changePassword = createRoute({
  getParentRoute: () => root,
  path: "/change-password",
  component: ChangePasswordPage,
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: SignedInShell });
const inShell = { getParentRoute: () => shell } as const;

const pages = [
  createRoute({ ...inShell, path: "/", component: HomePage }),
  createRoute({
    ...inShell,
    path: "/search",
    component: SearchPage,
    validateSearch: (raw: RawSearch): { q?: string | undefined } => ({ q: textOf(raw, "q") }),
  }),
  createRoute({ ...inShell, path: "/discovery", component: EntitiesPage }),
  createRoute({ ...inShell, path: "/discovery/$entity", component: EntityPage }),
  createRoute({
    ...inShell,
    path: "/discovery/$entity/$group",
    component: GroupPage,
    validateSearch: (raw: RawSearch): { tab?: string | undefined } => ({ tab: textOf(raw, "tab") }),
  }),
  createRoute({ ...inShell, path: "/stores", component: StoresPage }),
  createRoute({ ...inShell, path: "/jobs", component: JobsPage }),
  createRoute({
    ...inShell,
    path: "/requests",
    component: RequestsPage,
    validateSearch: requestsSearch,
  }),
  createRoute({ ...inShell, path: "/requests/new", component: NewRequestIndexPage }),
  createRoute({
    ...inShell,
    path: "/requests/new/$kind",
    component: NewRequestPage,
    validateSearch: (raw: RawSearch): NewRequestSearch => ({
      ...groupSearch(raw),
      type: textOf(raw, "type"),
      job: textOf(raw, "job"),
    }),
  }),
  createRoute({ ...inShell, path: "/requests/$kind/$id", component: RequestPage }),
  createRoute({
    ...inShell,
    path: "/values",
    component: ValuesPage,
    validateSearch: groupSearch,
  }),
  createRoute({
    ...inShell,
    path: "/connect",
    component: ConnectPage,
    validateSearch: groupSearch,
  }),
  createRoute({
    ...inShell,
    path: "/populator",
    component: PopulatorRunsPage,
    validateSearch: ({ state: wanted }: RawSearch): { state?: RunState | undefined } => ({
      state: RUN_STATES.find((state) => state === wanted),
    }),
  }),
  createRoute({ ...inShell, path: "/populator/new", component: NewPopulatorRunPage }),
  createRoute({ ...inShell, path: "/populator/runs/$run", component: PopulatorRunPage }),
  createRoute({ ...inShell, path: "/drift", component: DriftPage }),
  createRoute({ ...inShell, path: "/audit", component: AuditPage }),
  createRoute({ ...inShell, path: "/admin/users", component: UsersPage }),
] as const;

const rows = createRoute({ ...inShell, id: "rows", component: RowsFrame });
const inRows = { getParentRoute: () => rows } as const;

const rowPages = [
  createRoute({ ...inRows, path: "/rows/entities/$entity", component: RowEntityPage }),
  createRoute({
    ...inRows,
    path: "/rows/groups/$group",
    component: RowGroupPage,
    validateSearch: (raw: RawSearch): RowGroupSearch => ({
      tab: textOf(raw, "tab"),
      version: textOf(raw, "version"),
    }),
  }),
  createRoute({ ...inRows, path: "/rows/new/entity", component: NewRowEntityPage }),
  createRoute({
    ...inRows,
    path: "/rows/new/group",
    component: NewRowGroupPage,
    validateSearch: (raw: RawSearch): { entity?: string | undefined } => ({
      entity: textOf(raw, "entity"),
    }),
  }),
  createRoute({
    ...inRows,
    path: "/rows/new/version",
    component: NewRowVersionPage,
    validateSearch: (raw: RawSearch): { group?: string | undefined } => ({
      group: textOf(raw, "group"),
    }),
  }),
  createRoute({
    ...inRows,
    path: "/rows/tenants",
    component: TenantsPage,
    validateSearch: (raw: RawSearch): { tab?: string | undefined } => ({ tab: textOf(raw, "tab") }),
  }),
] as const;

/** All pages. */
export const router = createRouter({
  routeTree: root.addChildren([
    login,
    register,
    changePassword,
    shell.addChildren([...pages, rows.addChildren(rowPages)]),
  ]),
  defaultPreload: false,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
