import type { RowEngine } from "@ofs/engine";
import type { HttpReply } from "@ofs/http";
import type { Registry } from "prom-client";
import type { HttpRoute } from "../http/http-server.ts";
import { legacyMethods } from "./legacy/legacy-methods.ts";
import { LegacyNotes } from "./legacy/legacy-notes.ts";
import type { RowAdmin } from "./row-admin.ts";
import { type RowGuardDeps, rowRoute } from "./row-handler.ts";
import { rowMethods } from "./row-methods.ts";
import { rowReply } from "./row-replies.ts";

export interface RowRouteDeps {
  readonly engine: RowEngine;
  readonly guard: RowGuardDeps;
  readonly admin: RowAdmin | undefined;
  readonly metrics: Registry;
  /** By name: whether what the process needs is there. */
  checks(): Readonly<Record<string, boolean>>;
}

/** Everything that clients of the row dialect ask for, with a slash at the end of the path or without. */
export function rowRoutes(deps: RowRouteDeps): Map<string, HttpRoute> {
  const { engine, guard, admin, metrics } = deps;
  const { limits, log } = guard;
  const routes = new Map<string, HttpRoute>();
  const add = (path: string, route: HttpRoute): void => {
    routes.set(path, route);
    routes.set(`${path}/`, route);
  };
  for (const [path, method] of rowMethods(engine, limits)) add(path, rowRoute(method, guard));
  const notes = new LegacyNotes(metrics, log);
  for (const method of legacyMethods({ engine, limits, admin, notes })) {
    add(method.path, rowRoute(method, guard));
  }
  add("/health", { methods: ["GET"], handle: () => rowReply(200, '{"status":"UP"}') });
  add("/healthcheck", { methods: ["GET"], handle: () => healthReply(deps.checks()) });
  return routes;
}

function healthReply(checks: Readonly<Record<string, boolean>>): HttpReply {
  const data = Object.entries(checks).map(([name, isUp]) => [name, isUp ? "UP" : "DOWN"]);
  const isUp = Object.values(checks).every(Boolean);
  return rowReply(isUp ? 200 : 503, JSON.stringify({ data: Object.fromEntries(data) }));
}
