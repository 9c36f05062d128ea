import { column, entityBody, groupBody } from "../support/bodies.ts";
import type { WorldTraits } from "./admin-contract.ts";
import { type Chapter, fails, type Step, TIME, textWith, violates } from "./step.ts";

const DEFAULTS = { read: "default-tenant", write: "default-tenant", consume: "default-tenant" };
const ONBOARDING = "OFS-V2-TENANT-ONBOARDING-EXCEPTION";

function groundwork(): Step[] {
  return [
    {
      title: "an entity",
      call: ["POST", "/entity", entityBody("t_users")],
      answer: { data: { entity: entityBody("t_users").entity } },
    },
    ...["t_one", "t_two"].map(
      (name): Step => ({
        title: `the feature group ${name}`,
        call: ["POST", "/feature-group", groupBody(name, "t_users")],
        answer: { data: { featureGroup: groupBody(name, "t_users").featureGroup, version: "v1" } },
      }),
    ),
  ];
}

const moved = { read: "second", write: "default-tenant", consume: "clicks" };

const mappings: readonly Step[] = [
  ...groundwork(),
  {
    title: "tenants that are left out are the default one",
    call: [
      "POST",
      "/feature-group/tenant",
      { featureGroupName: "t_one", tenantConfig: { read: "second", consume: "clicks" } },
    ],
    answer: { data: { featureGroupName: "t_one", tenantConfig: moved } },
  },
  {
    title: "they are shown",
    call: ["GET", "/feature-group/tenant?feature-group-name=t_one", "{}"],
    answer: { data: { featureGroupName: "t_one", tenantConfig: moved } },
  },
  {
    title: "a further version has them too",
    call: [
      "POST",
      "/feature-group",
      groupBody("t_one", "t_users", { features: [column("more")] }),
      { upgrade: "true" },
    ],
    answer: {
      data: {
        featureGroup: groupBody("t_one", "t_users", { features: [column("more")] }).featureGroup,
        version: "v2",
      },
    },
    published: {
      "feature-groups/t_one/v2": {
        name: "t_one",
        versionEnabled: true,
        version: "v2",
        featureGroupType: "ONLINE",
        featureGroup: groupBody("t_one", "t_users", { features: [column("more")] }).featureGroup,
        owner: "ada@example.org",
        state: "LIVE",
        tags: ["stats"],
        tenant: moved,
        description: "numbers",
        createdAt: TIME,
        updatedAt: TIME,
      },
    },
  },
  {
    title: "by the document's path",
    call: ["POST", "/v1/tenant", { featureGroupName: "t_two", tenantConfig: { write: "second" } }],
    answer: {
      data: { featureGroupName: "t_two", tenantConfig: { ...DEFAULTS, write: "second" } },
    },
  },
  {
    title: "a feature group that there is not",
    call: ["POST", "/feature-group/tenant", { featureGroupName: "none", tenantConfig: {} }],
    ...fails("FEATURE-GROUP-NOT-FOUND-EXCEPTION"),
  },
  {
    title: "no tenants",
    call: ["POST", "/feature-group/tenant", { featureGroupName: "t_two" }],
    ...violates("tenantConfig is missing"),
  },
  {
    title: "no feature group",
    call: ["POST", "/feature-group/tenant", { tenantConfig: {} }],
    ...violates("featureGroupName is missing"),
  },
  {
    title: "a tenant's name with a blank",
    call: [
      "POST",
      "/feature-group/tenant",
      { featureGroupName: "t_two", tenantConfig: { read: "a b" } },
    ],
    ...violates('tenantConfig.read "a b": letters, digits, _ and - only'),
  },
];

const refused: readonly Step[] = [
  {
    title: "a tenant without a cluster",
    call: [
      "POST",
      "/feature-group/tenant",
      { featureGroupName: "t_two", tenantConfig: { read: "nowhere" } },
    ],
    ...fails(ONBOARDING, { status: 400, message: "tenant nowhere: no connection is configured" }),
  },
  {
    title: "nothing was changed",
    call: ["GET", "/v1/tenant?feature-group-name=t_two"],
    answer: {
      data: { featureGroupName: "t_two", tenantConfig: { ...DEFAULTS, write: "second" } },
    },
  },
];

const summary = (answer: unknown): unknown => {
  const { data } = answer as { data: { featureGroups: { name: string; version: string }[] } };
  return data.featureGroups.map(({ name, version }) => `${name} ${version}`);
};

const lists: readonly Step[] = [
  ...(
    [
      ["?tenant-name=second", ["t_one v1", "t_one v2", "t_two v1"]],
      ["?tenant-name=second&tenant-type=ALL", ["t_one v1", "t_one v2", "t_two v1"]],
      ["?tenant-name=second&tenant-type=READER", ["t_one v1", "t_one v2"]],
      ["?tenant-name=second&tenant-type=WRITER", ["t_two v1"]],
      ["?tenant-name=clicks&tenant-type=CONSUMER", ["t_one v1", "t_one v2"]],
      ["?tenant-name=nowhere", []],
    ] as const
  ).flatMap(([query, answer]) =>
    ["/tenant", "/v1/tenant"].map(
      (root): Step => ({
        title: `GET ${root}/feature-group/all${query}`,
        call: ["GET", `${root}/feature-group/all${query}`],
        read: summary,
        answer,
      }),
    ),
  ),
  {
    title: "no tenant",
    call: ["GET", "/tenant/feature-group/all"],
    ...violates("tenant-name: tenant-name must not be null"),
  },
  {
    title: "a kind of tenant that there is not",
    call: ["GET", "/tenant/feature-group/all?tenant-name=second&tenant-type=reader"],
    ...violates("tenantType: tenantType must be one of READER, WRITER, CONSUMER, not reader"),
  },
  ...["/tenant/list", "/v1/tenant/list/"].map(
    (url): Step => ({
      title: `GET ${url}`,
      call: ["GET", url],
      answer: {
        data: {
          tenants: [
            { tenantType: "READER", names: ["default-tenant", "second"] },
            { tenantType: "WRITER", names: ["default-tenant", "second"] },
            { tenantType: "CONSUMER", names: ["clicks", "default-tenant"] },
          ],
        },
      },
    }),
  ),
];

const back = { tenantType: "WRITER", currentTenant: "second", newTenant: "default-tenant" };

const moves: readonly Step[] = [
  {
    title: "all of a tenant",
    call: ["PUT", "/tenant/all", back],
    answer: { data: back },
  },
  {
    title: "and it is empty",
    call: ["GET", "/tenant/feature-group/all?tenant-name=second&tenant-type=WRITER"],
    answer: { data: { featureGroups: [] } },
  },
  {
    title: "by the document's path; consumers need no cluster",
    call: [
      "PUT",
      "/v1/tenant/all",
      { tenantType: "CONSUMER", currentTenant: "clicks", newTenant: "views" },
    ],
    answer: { data: { tenantType: "CONSUMER", currentTenant: "clicks", newTenant: "views" } },
  },
  {
    title: "all roles at once",
    call: ["PUT", "/tenant/all", { ...back, tenantType: "ALL" }],
    ...fails(ONBOARDING, { status: 400, message: "tenant type ALL is not allowed" }),
  },
  {
    title: "a role that there is not",
    call: ["PUT", "/tenant/all", { ...back, tenantType: "X" }],
    ...violates("tenantType: tenantType must be one of READER, WRITER, CONSUMER, not X"),
  },
  {
    title: "a new name with a blank",
    call: ["PUT", "/tenant/all", { ...back, newTenant: "a b" }],
    ...violates('newTenant: newTenant must be letters, digits, _ and -, not "a b"'),
  },
  {
    title: "no current tenant",
    call: ["PUT", "/tenant/all", { tenantType: "READER", newTenant: "second" }],
    ...violates("currentTenant is missing"),
  },
  {
    title: "an entity whose table is not what it says",
    before: (world) =>
      world.makeTable(
        {
          name: "t_clash",
          keys: [
            { name: "user_id", type: "BIGINT" },
            { name: "season", type: "INT" },
          ],
        },
        { name: "country", type: "BLOB" },
      ),
    call: ["POST", "/entity/register", entityBody("t_clash")],
    answer: { data: { entity: entityBody("t_clash").entity } },
  },
  {
    title: "its feature group",
    call: ["POST", "/feature-group/register", groupBody("t_clash", "t_clash")],
    answer: { data: { featureGroup: groupBody("t_clash", "t_clash").featureGroup, version: "v1" } },
  },
  {
    title: "a cluster that refuses the columns",
    call: [
      "POST",
      "/feature-group/tenant",
      { featureGroupName: "t_clash", tenantConfig: { consume: "x" } },
    ],
    status: 500,
    answer: {
      error: { message: textWith("country"), cause: textWith("country"), code: ONBOARDING },
    },
  },
];

export function tenantChapters({ refusesTenants }: WorldTraits): Chapter[] {
  return [
    { title: "tenants: mapping", steps: mappings },
    ...(refusesTenants ? [{ title: "tenants: refusals", steps: refused }] : []),
    { title: "tenants: lists", steps: lists },
    { title: "tenants: moves", steps: moves },
  ];
}
