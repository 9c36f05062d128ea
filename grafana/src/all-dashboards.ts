import type { DashboardSpec } from "./dashboard-spec.ts";
import { API_SERVER } from "./dashboards/api-server.ts";
import { CONSUMER } from "./dashboards/consumer.ts";
import { FLEET } from "./dashboards/fleet.ts";
import { HORIZON } from "./dashboards/horizon.ts";
import { POPULATOR } from "./dashboards/populator.ts";
import { ROWS } from "./dashboards/rows.ts";
import { RUNTIME } from "./dashboards/runtime.ts";

export const ALL_DASHBOARDS: readonly DashboardSpec[] = [
  FLEET,
  API_SERVER,
  CONSUMER,
  ROWS,
  POPULATOR,
  HORIZON,
  RUNTIME,
];
