import { column, entityBody, groupBody, OWNER } from "../support/bodies.ts";
import { type Chapter, type Code, fails, type Step, TIME, textWith, violates } from "./step.ts";

const REQUEST = "ENTITY-REGISTRATION-REQUEST-EXCEPTION";
const SCHEMA = "ENTITY-SCHEMA-VALIDATION-EXCEPTION";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

const players = entityBody("Players", { ttl: 60 });
const playersMetadata = {
  name: "Players",
  entity: players.entity,
  state: "LIVE",
  owner: OWNER,
  tags: ["people"],
  description: "users",
  createdAt: TIME,
  updatedAt: TIME,
};
const loose = {
  tableName: "loose",
  features: [{ name: "k", type: "INT", description: "", tags: [] }],
  primaryKeys: ["k"],
};

const creations: readonly Step[] = [
  {
    title: "creation",
    call: ["POST", "/entity", players],
    answer: { data: { entity: players.entity } },
    published: { "entities/Players": playersMetadata },
  },
  {
    title: "by the document's path, members in any case, the rest by default, labelled as a form",
    call: [
      "POST",
      "/v1/entity/?",
      `{"ENTITY":{"tablename":"loose","Features":[{"NAME":"k","type":"INT"}],"primaryKEYS":["k"]},"Owner":"${OWNER}","unknown":1e400}`,
      FORM,
    ],
    answer: { data: { entity: loose } },
    published: {
      "entities/loose": {
        ...playersMetadata,
        name: "loose",
        entity: loose,
        tags: [],
        description: "",
      },
    },
  },
  {
    title: "registration of a table that exists makes none",
    call: ["POST", "/entity/register", entityBody("registered")],
    answer: { data: { entity: entityBody("registered").entity } },
    after: async (world) => {
      if ((await world.columnsOf("registered")) !== undefined) throw new Error("a table was made");
    },
  },
];

const reads: readonly Step[] = [
  ...["/entity?name=Players", "/entity/?name=Players", "/v1/entity/Players"].map(
    (url): Step => ({
      title: `GET ${url}`,
      call: ["GET", url, "{}"],
      answer: { data: { entity: players.entity } },
    }),
  ),
  {
    title: "no TTL is no member",
    call: ["GET", "/entity?name=loose"],
    answer: { data: { entity: loose } },
  },
  {
    title: "metadata",
    call: ["GET", "/entity/metadata?name=Players", "{}"],
    answer: { data: { metadata: playersMetadata } },
  },
  ...[
    "/entity?name=nobody",
    "/v1/entity/nobody",
    "/entity/metadata?name=nobody",
    "/entity?name=players",
  ].map(
    (url): Step => ({
      title: `GET ${url}: not found`,
      call: ["GET", url],
      ...fails("ENTITY-NOT-FOUND-EXCEPTION"),
    }),
  ),
  ...["/entity", "/entity?name=", "/entity/metadata"].map(
    (url): Step => ({
      title: `GET ${url}: no name`,
      call: ["GET", url],
      ...violates("name: name must not be null"),
    }),
  ),
];

type Refusal = readonly [
  title: string,
  code: Code,
  change: Record<string, unknown>,
  envelope?: Record<string, unknown>,
  cause?: string,
];

const REFUSALS: readonly Refusal[] = [
  ["no owner", REQUEST, {}, { owner: undefined }],
  ["an owner that is no address", REQUEST, {}, { owner: "ada@example" }],
  ["no table name", REQUEST, { tableName: undefined }],
  ["no columns", REQUEST, { features: [] }],
  ["no keys", REQUEST, { primaryKeys: [] }],
  [
    "columns that are no list",
    REQUEST,
    { features: "x" },
    {},
    'entity.features is not a list: "x"',
  ],
  [
    "a type that there is not",
    REQUEST,
    { features: [column("k", "JSON")], primaryKeys: ["k"] },
    {},
    'entity.features[0].type "JSON" is none of ASCII, BIGINT, BLOB, BOOLEAN, DECIMAL, DOUBLE, FLOAT, INET, INT, TEXT, TIMESTAMP, TIMEUUID, UUID, VARCHAR, VARINT',
  ],
  ["a TTL below 0", REQUEST, { ttl: -1 }, {}, "ttl: 0 to 630720000 seconds"],
  ["a TTL above 20 years", REQUEST, { ttl: 630_720_001 }, {}, "ttl: 0 to 630720000 seconds"],
  [
    "a long tag",
    REQUEST,
    {},
    { tags: ["x".repeat(201)] },
    "tags of refused: one has 201 characters, 200 at most",
  ],
  [
    "a long description",
    REQUEST,
    {},
    { description: "x".repeat(65_536) },
    "description of refused has 65536 bytes, 65535 at most",
  ],
  ["two columns of one name", SCHEMA, { features: [column("k"), column("k")], primaryKeys: ["k"] }],
  [
    "two columns of one name in the store",
    SCHEMA,
    { features: [column("k"), column("K")], primaryKeys: ["k"] },
  ],
  ["a key that is no column", SCHEMA, { primaryKeys: ["x"] }],
  ["one key twice", SCHEMA, { primaryKeys: ["user_id", "user_id"] }],
  ["a name with a dash", SCHEMA, { tableName: "a-b" }],
  ["a name with a quote", SCHEMA, { tableName: 'a"; DROP TABLE x' }],
  ["a name of 49 characters", SCHEMA, { tableName: "a".repeat(49) }],
  ["a column with a blank", SCHEMA, { features: [column("a b")], primaryKeys: ["a b"] }],
];

const refusals: readonly Step[] = [
  ...REFUSALS.flatMap(([title, code, change, envelope = {}, cause]) =>
    ["/entity", "/entity/register"].map(
      (path): Step => ({
        title: `POST ${path}: ${title}`,
        call: ["POST", path, entityBody("refused", change, envelope)],
        ...fails(code, cause === undefined ? {} : { cause }),
        published: { "entities/refused": undefined },
      }),
    ),
  ),
  {
    title: "no body",
    call: ["POST", "/entity"],
    ...fails(REQUEST, { cause: "the body is not an object: null" }),
  },
  {
    title: "a list",
    call: ["POST", "/entity", "[]"],
    ...fails(REQUEST, { cause: "the body is not an object: a list" }),
  },
  { title: "nothing in the body", call: ["POST", "/entity", "{}"], ...fails(REQUEST) },
  {
    title: "no JSON",
    call: ["POST", "/entity", "{"],
    status: 400,
    answer: { error: { message: "invalid request", code: "INVALID_REQUEST", cause: textWith() } },
  },
  ...["Players", "PLAYERS"].map(
    (name): Step => ({
      title: `the name ${name} is taken`,
      call: ["POST", "/entity", entityBody(name)],
      ...fails("ENTITY-ALREADY-EXISTS-EXCEPTION"),
    }),
  ),
  {
    title: "a table with a column of another type",
    before: (world) =>
      world.makeTable(
        {
          name: "clash",
          keys: [
            { name: "user_id", type: "BIGINT" },
            { name: "season", type: "INT" },
          ],
        },
        { name: "country", type: "BLOB" },
      ),
    call: ["POST", "/entity", entityBody("clash")],
    ...fails("ENTITY-REGISTRATION-ERROR", { cause: textWith("country") }),
    published: { "entities/clash": undefined },
  },
];

const states: readonly Step[] = [
  {
    title: "archived; the body comes back as it was sent",
    call: ["PUT", "/entity?name=loose", '{"state":"ARCHIVED", "because":1.50}', FORM],
    answer: '{"data":{"state":"ARCHIVED","because":1.50}}',
    published: {
      "entities/loose": {
        ...playersMetadata,
        name: "loose",
        entity: loose,
        tags: [],
        description: "",
        state: "ARCHIVED",
      },
    },
  },
  {
    title: "an archived entity gets no feature group",
    call: ["POST", "/feature-group", groupBody("on_archived", "loose")],
    ...fails("ENTITY-STATE-EXCEPTION"),
  },
  {
    title: "an archived entity is shown",
    call: ["GET", "/entity?name=loose"],
    answer: { data: { entity: loose } },
  },
  {
    title: "live again",
    call: ["PUT", "/entity/?name=loose", { state: "LIVE" }],
    answer: { data: { state: "LIVE" } },
  },
  {
    title: "and then it gets one",
    call: ["POST", "/feature-group/register", groupBody("on_live", "loose")],
    answer: { data: { featureGroup: groupBody("on_live", "loose").featureGroup, version: "v1" } },
  },
  {
    title: "an entity in use keeps its state",
    call: ["PUT", "/entity?name=loose", { state: "ARCHIVED" }],
    ...fails("UPDATE-ENTITY-REQUEST-EXCEPTION"),
  },
  {
    title: "nobody's state",
    call: ["PUT", "/entity?name=nobody", { state: "LIVE" }],
    ...fails("ENTITY-NOT-FOUND-EXCEPTION"),
  },
  {
    title: "no state",
    call: ["PUT", "/entity?name=Players", {}],
    ...violates("state is missing"),
  },
  {
    title: "a state that there is not",
    call: ["PUT", "/entity?name=Players", { state: "GONE" }],
    ...violates('state "GONE" is none of LIVE, ARCHIVED'),
  },
  {
    title: "no body of a state",
    call: ["PUT", "/entity?name=Players"],
    ...violates("body: body must not be null"),
  },
  {
    title: "no name of a state",
    call: ["PUT", "/entity", { state: "LIVE" }],
    ...violates("name: name must not be null"),
  },
];

export const entityChapters: readonly Chapter[] = [
  { title: "entities: creation", steps: creations },
  { title: "entities: reads", steps: reads },
  { title: "entities: refusals", steps: refusals },
  { title: "entities: states", steps: states },
];
