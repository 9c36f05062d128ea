import { column, entityBody, groupBody, OWNER } from "../support/bodies.ts";
import { DEFAULTS, first, metadataOf, plain, second, UPGRADE, versionOf } from "./group-objects.ts";
import { type Chapter, type Code, fails, type Step, textWith, violates } from "./step.ts";

const REQUEST = "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION";
const COLUMNS = "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION";
async function assertColumns(columns: readonly string[] | undefined, ...wanted: string[]) {
  const missing = wanted.filter((name) => columns?.includes(name) !== true);
  if (missing.length > 0) throw new Error(`no columns ${missing.join(", ")}`);
}

const creations: readonly Step[] = [
  {
    title: "its entity",
    call: ["POST", "/entity", entityBody("Users")],
    answer: { data: { entity: entityBody("Users").entity } },
  },
  {
    title: "creation",
    call: ["POST", "/feature-group", first],
    answer: { data: { featureGroup: first.featureGroup, version: "v1" } },
    published: {
      "feature-groups/Stats/v1": metadataOf(first, "v1"),
      "versions/Stats": versionOf("Stats", "v1"),
    },
    after: async (world) =>
      assertColumns(await world.columnsOf("users"), "stats__v1__badge", "stats__v1__wins"),
  },
  {
    title: "an upgrade makes the next version, and is versioned whatever it says",
    call: [
      "POST",
      "/v1/feature-group",
      groupBody("Stats", "Users", { ...second.featureGroup, versionEnabled: false }),
      UPGRADE,
    ],
    answer: { data: { featureGroup: second.featureGroup, version: "v2" } },
    published: {
      "feature-groups/Stats/v1": metadataOf(first, "v1"),
      "feature-groups/Stats/v2": metadataOf(second, "v2"),
      "versions/Stats": versionOf("Stats", "v2"),
    },
    after: async (world) => assertColumns(await world.columnsOf("users"), "stats__v2__wins"),
  },
  {
    title: "one without versions",
    call: ["POST", "/feature-group/", plain],
    answer: { data: { featureGroup: plain.featureGroup, version: "v1" } },
    published: { "feature-groups/plain/v1": metadataOf(plain, "v1") },
    after: async (world) => assertColumns(await world.columnsOf("users"), "plain__wins"),
  },
  {
    title: "the first with the header of an upgrade; the rest by default",
    call: [
      "POST",
      "/feature-group",
      `{"featuregroup":{"FeatureGroupName":"bare","entityName":"Users","features":[{"name":"x","type":"TEXT"}]},"owner":"${OWNER}","tags":null}`,
      { upgrade: "TRUE" },
    ],
    answer: {
      data: {
        featureGroup: groupBody("bare", "Users", { features: [column("x", "TEXT")] }).featureGroup,
        version: "v1",
      },
    },
  },
  {
    title: "an upgrade that the query asks for",
    call: ["POST", "/feature-group?upgrade=true", groupBody("bare", "Users")],
    answer: { data: { featureGroup: groupBody("bare", "Users").featureGroup, version: "v2" } },
  },
  {
    title: "registration of columns that exist makes none",
    call: ["POST", "/feature-group/register", groupBody("noted", "Users")],
    answer: { data: { featureGroup: groupBody("noted", "Users").featureGroup, version: "v1" } },
    after: async (world) => {
      const columns = await world.columnsOf("users");
      if (columns?.some((name) => name.startsWith("noted"))) throw new Error("columns were made");
    },
  },
];

const { features: shared } = entityBody("Users").entity;
const schemaOf = (own: readonly object[], version: string, featureGroupType = "ONLINE") => ({
  schema: [...(shared as object[]), ...own],
  primaryKeys: ["user_id", "season"],
  version,
  featureGroupType,
});

const READS: readonly [url: string, data: unknown][] = [
  ["/feature-group?name=Stats", { featureGroup: second.featureGroup, version: "v2" }],
  ["/feature-group/?name=Stats&version=v1", { featureGroup: first.featureGroup, version: "v1" }],
  ["/v1/feature-group/Stats", { featureGroup: second.featureGroup, version: "v2" }],
  ["/v1/feature-group/Stats?version=v1", { featureGroup: first.featureGroup, version: "v1" }],
  ["/feature-group/schema?name=Stats", schemaOf([column("wins", "BIGINT")], "v2")],
  [
    "/feature-group/schema?name=Stats&version=v1",
    schemaOf([column("wins"), column("badge", "TEXT")], "v1"),
  ],
  [
    "/v1/feature-group/plain/schema",
    schemaOf([column("wins"), column("badge", "TEXT")], "v1", "OFFLINE"),
  ],
  ["/feature-group/metadata?name=Stats", { metadata: metadataOf(second, "v2") }],
  ["/feature-group/metadata?name=Stats&version=v1", { metadata: metadataOf(first, "v1") }],
  ["/feature-group/version?name=Stats", { version: versionOf("Stats", "v2") }],
  [
    "/feature-group/tenant?feature-group-name=Stats",
    { featureGroupName: "Stats", tenantConfig: DEFAULTS },
  ],
  ["/v1/tenant?feature-group-name=Stats", { featureGroupName: "Stats", tenantConfig: DEFAULTS }],
];

const NOT_FOUND = [
  "/feature-group?name=none",
  "/feature-group?name=stats",
  "/feature-group?name=Stats&version=v3",
  "/v1/feature-group/none",
  "/v1/feature-group/none/schema",
  "/feature-group/schema?name=none",
  "/feature-group/metadata?name=none",
  "/feature-group/version?name=none",
  "/feature-group/tenant?feature-group-name=none",
  "/feature-group/topic?name=none",
  "/feature-group/none/topic",
  "/feature-group/run-data?name=none",
] as const;

const NO_NAME = [
  "/feature-group",
  "/feature-group/schema",
  "/feature-group/metadata",
  "/feature-group/version",
  "/feature-group/topic",
  "/feature-group/run-data",
] as const;

const reads: readonly Step[] = [
  ...READS.map(
    ([url, data]): Step => ({ title: `GET ${url}`, call: ["GET", url, "{}"], answer: { data } }),
  ),
  ...NOT_FOUND.map(
    (url): Step => ({
      title: `GET ${url}: not found`,
      call: ["GET", url],
      ...fails("FEATURE-GROUP-NOT-FOUND-EXCEPTION"),
    }),
  ),
  ...NO_NAME.map(
    (url): Step => ({
      title: `GET ${url}: no name`,
      call: ["GET", url],
      ...violates("name: name must not be null"),
    }),
  ),
  {
    title: "no name of a tenant's feature group",
    call: ["GET", "/feature-group/tenant"],
    ...violates("feature-group-name: feature-group-name must not be null"),
  },
];

type Refusal = readonly [
  title: string,
  code: Code,
  body: object,
  headers?: Record<string, string>,
  cause?: unknown,
];

const fresh = (change: Record<string, unknown>, envelope: Record<string, unknown> = {}) =>
  groupBody("refused", "Users", change, envelope);

const REFUSALS: readonly Refusal[] = [
  ["no owner", REQUEST, fresh({}, { owner: undefined })],
  ["no name", REQUEST, fresh({ featureGroupName: "" })],
  ["no entity", REQUEST, fresh({ entityName: undefined })],
  ["no columns", REQUEST, fresh({ features: [] })],
  [
    "a kind that there is not",
    REQUEST,
    fresh({ featureGroupType: "BOTH" }),
    {},
    'featureGroup.featureGroupType "BOTH" is none of ONLINE, OFFLINE',
  ],
  [
    "a name with a blank",
    REQUEST,
    fresh({ featureGroupName: "a b" }),
    {},
    'featureGroupName "a b": a letter, then letters, digits and _, at most 200',
  ],
  ["an entity that there is not", "ENTITY-NOT-FOUND-EXCEPTION", groupBody("refused", "none")],
  ["an entity in another case", "ENTITY-NOT-FOUND-EXCEPTION", groupBody("refused", "users")],
  ["two columns of one name", COLUMNS, fresh({ features: [column("a"), column("A")] })],
  ["a column of the entity", COLUMNS, fresh({ features: [column("Country")] })],
  ["a column with the separator", COLUMNS, fresh({ features: [column("a__b")] })],
  [
    "a stored column of another feature group",
    COLUMNS,
    groupBody("Stats__v1", "Users", { versionEnabled: false }),
  ],
  ["one that exists", "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION", second],
  [
    "one that exists in another case",
    "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION",
    groupBody("STATS", "Users"),
  ],
  ["an upgrade of one without versions", "VERSIONING-DISABLED-EXCEPTION", plain, UPGRADE],
  [
    "an upgrade that changes the entity",
    REQUEST,
    groupBody("Stats", "other"),
    UPGRADE,
    "entityName is other: Stats v2 is attached to Users",
  ],
];

const refusals: readonly Step[] = [
  {
    title: "another entity",
    call: ["POST", "/entity", entityBody("other")],
    answer: { data: { entity: entityBody("other").entity } },
  },
  ...REFUSALS.flatMap(([title, code, body, headers = {}, cause]) =>
    ["/feature-group", "/feature-group/register"].map(
      (path): Step => ({
        title: `POST ${path}: ${title}`,
        call: ["POST", path, body, headers],
        ...fails(code, cause === undefined ? {} : { cause }),
        published: {
          "feature-groups/refused/v1": undefined,
          "feature-groups/Stats/v3": undefined,
          "feature-groups/plain/v2": undefined,
        },
      }),
    ),
  ),
  {
    title: "no body",
    call: ["POST", "/feature-group"],
    ...fails(REQUEST, { cause: "the body is not an object: null" }),
  },
  {
    title: "a header that says neither yes nor no",
    call: ["POST", "/feature-group", second, { upgrade: "maybe" }],
    ...violates("upgrade: upgrade must be true or false, not maybe"),
  },
  {
    title: "a column that the table has with another type",
    before: (world) =>
      world.makeTable(
        {
          name: "users",
          keys: [
            { name: "user_id", type: "BIGINT" },
            { name: "season", type: "INT" },
          ],
        },
        { name: "stats__v3__wins", type: "BLOB" },
      ),
    call: ["POST", "/feature-group", second, UPGRADE],
    ...fails("FEATURE-GROUP-REGISTRATION-ERROR", { cause: textWith("stats__v3__wins") }),
    published: { "feature-groups/Stats/v3": undefined, "versions/Stats": versionOf("Stats", "v2") },
  },
];

export const groupChapters: readonly Chapter[] = [
  { title: "feature groups: creation", steps: creations },
  { title: "feature groups: reads", steps: reads },
  { title: "feature groups: refusals", steps: refusals },
];
