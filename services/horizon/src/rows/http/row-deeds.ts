import { writeJson } from "@ofs/rows";
import type { AuditEntry } from "../../database/ports.ts";
import type { RowCall } from "./row-call.ts";

/** What the audit log says of a change, beside when and by whom. */
export type RowDeed = Pick<AuditEntry, "action" | "subject" | "details">;

type Body = Readonly<Record<string, unknown>>;

interface Change {
  readonly call: RowCall;
  /** Of the call. */
  readonly body: Body;
  /** What was answered. */
  readonly answer: Body;
}

type Describe = (change: Change) => RowDeed;

/** Changes that are in the audit log, by method and path. Rows of runs are told in great number, and are not. */
const DEEDS: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  ["POST /entity", entityMade("row-entity.created")],
  ["POST /v1/entity", entityMade("row-entity.created")],
  ["POST /entity/register", entityMade("row-entity.registered")],
  ["PUT /entity", ({ call, body }) => stateSet("entity", call, body)],
  ["POST /feature-group", groupMade("created")],
  ["POST /v1/feature-group", groupMade("created")],
  ["POST /feature-group/register", groupMade("registered")],
  ["PUT /feature-group", ({ call, body }) => stateSet("feature-group", call, body)],
  ["PUT /feature-group/ttl", groupChanged("ttl-changed", "name", ["version", "ttl"])],
  ["POST /feature-group/tenant", groupChanged("moved", "featureGroupName", ["tenantConfig"])],
  ["POST /v1/tenant", groupChanged("moved", "featureGroupName", ["tenantConfig"])],
  ["PUT /tenant/all", tenantMoved],
  ["PUT /v1/tenant/all", tenantMoved],
  ["POST /consumer/onboard", consumerChanged("onboarded")],
  ["POST /consumer/register", consumerChanged("registered")],
  ["PUT /consumer/topic", consumerChanged("topic-changed")],
  ["PUT /consumer/partitions", consumerChanged("partitions-changed")],
  ["PUT /consumer/count", consumerChanged("count-changed")],
  ["PUT /populator/metadata", tenantChanged("row-populator.workers-changed")],
  [
    "POST /kafka/topic",
    ({ body: { topicName, ...details } }) => ({
      action: "row-topic.created",
      subject: `topic ${textOf(topicName)}`,
      details,
    }),
  ],
  [
    "POST /jobs/:job/start",
    ({ call }) => ({
      action: "row-backup.started",
      subject: `job ${call.param("job")}`,
      details: {},
    }),
  ],
]);

/** Whether a route of this path is in the audit log. */
export function isDeed(method: string, path: string): boolean {
  return DEEDS.has(`${method} ${path}`);
}

/** @param payload what was answered, as JSON. @returns undefined of what is not in the audit log */
export function deedOf(
  method: string,
  path: string,
  call: RowCall,
  payload: string,
): RowDeed | undefined {
  const describe = DEEDS.get(`${method} ${path}`);
  if (describe === undefined) return undefined;
  // Numbers of the log are for people: none is too large for them here.
  const body = call.body === undefined ? {} : objectOf(JSON.parse(writeJson(call.body)));
  return describe({ call, body, answer: objectOf(JSON.parse(payload)) });
}

function entityMade(action: string): Describe {
  return ({ body }) => ({
    action,
    subject: `row-entity ${textOf(objectOf(body["entity"])["tableName"])}`,
    details: pick(body, ["owner", "tags"]),
  });
}

function groupMade(deed: "created" | "registered"): Describe {
  return ({ body, answer }) => {
    const group = objectOf(body["featureGroup"]);
    const { version } = answer;
    const isUpgrade = version !== undefined && version !== "v1";
    return {
      action: `row-feature-group.${isUpgrade ? "upgraded" : deed}`,
      subject: groupSubject(group["featureGroupName"]),
      details: { version, ...pick(group, ["entityName"]), ...pick(body, ["owner", "tags"]) },
    };
  };
}

function groupChanged(deed: string, nameField: string, fields: readonly string[]): Describe {
  return ({ body }) => ({
    action: `row-feature-group.${deed}`,
    subject: groupSubject(body[nameField]),
    details: pick(body, fields),
  });
}

function stateSet(kind: "entity" | "feature-group", call: RowCall, body: Body): RowDeed {
  const version = call.query("version");
  return {
    action: `row-${kind}.state-changed`,
    subject: `row-${kind} ${call.query("name") ?? ""}`,
    details: { ...pick(body, ["state"]), ...(version === undefined ? {} : { version }) },
  };
}

function tenantMoved({ body }: Change): RowDeed {
  return {
    action: "row-tenant.moved",
    subject: `tenant ${textOf(body["currentTenant"])}`,
    details: pick(body, ["tenantType", "newTenant"]),
  };
}

function consumerChanged(deed: string): Describe {
  return tenantChanged(`row-consumer.${deed}`);
}

function tenantChanged(action: string): Describe {
  return ({ body: { tenantName, tenant_name: other, ...details } }) => ({
    action,
    subject: `tenant ${textOf(tenantName ?? other)}`,
    details,
  });
}

function groupSubject(name: unknown): string {
  return `row-feature-group ${textOf(name)}`;
}

function pick(body: Body, fields: readonly string[]): Body {
  const known = fields.map((field) => [field, body[field]] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}

function objectOf(value: unknown): Body {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Body) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
