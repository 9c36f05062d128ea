import { column, entityBody, groupBody, OWNER } from "../support/bodies.ts";
import { CATALOGUE, type Chapter, type Code, type Step, TIME } from "./step.ts";

const ROOT = "/FeatureStore";

const say = (data: unknown, paging: object = {}) => ({
  status: "SUCCESS",
  statusCode: 200,
  data,
  ...paging,
});

/** Pages are told of failures in the body: HTTP says 200. */
const complains = (code: Code, message: string = CATALOGUE[code][1], cause = message) => ({
  status: 200,
  answer: { status: "ERROR", statusCode: CATALOGUE[code][0], data: { message, cause, code } },
});
const violates = (message: string) => complains("INVALID_REQUEST", message, "Constraint Violation");

const features = [
  { name: "u_long", type: "BIGINT", description: "first", tags: ["x"] },
  column("u_text", "VARCHAR"),
];
const bodies = {
  u_alpha: groupBody("u_alpha", "u_users", { features }, { tags: ["u_red"], description: "Hello" }),
  u_beta: groupBody(
    "u_beta",
    "u_users",
    { features, featureGroupType: "OFFLINE" },
    { tags: ["u_blue"], owner: "bob@example.org" },
  ),
};

/** As {@link bodies} are shown; code is compared elsewhere. */
const cards = {
  u_alpha: {
    id: "u_alpha",
    title: "u_alpha",
    description: "Hello",
    version: 2,
    allVersions: [1, 2],
    lastValueUpdated: TIME,
    createdBy: OWNER,
    tags: ["u_red"],
    type: "offline",
    typesAvailable: ["online", "offline"],
    copyCode: ["Python", "curl", "Spark"],
    sinks: [{ location: "", type: "" }],
  },
  u_beta: {
    id: "u_beta",
    title: "u_beta",
    description: "numbers",
    version: 1,
    allVersions: [1],
    lastValueUpdated: TIME,
    createdBy: "bob@example.org",
    tags: ["u_blue"],
    type: "offline",
    typesAvailable: ["offline"],
    copyCode: ["Spark"],
    sinks: [{ location: "", type: "" }],
  },
};
const online = { ...cards.u_alpha, type: "online" };

/** Leaves of the code only the names. */
const codeless = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value: unknown) =>
    key === "copyCode" ? (value as { name: string }[]).map(({ name }) => name) : value,
  );

const groundwork: readonly Step[] = [
  {
    title: "an entity",
    call: ["POST", "/entity", entityBody("u_users")],
    answer: { data: { entity: entityBody("u_users").entity } },
  },
  ...(["u_alpha", "u_alpha", "u_beta"] as const).map(
    (name, index): Step => ({
      title: `the feature group ${name}`,
      call: ["POST", "/feature-group", bodies[name], { upgrade: "true" }],
      answer: {
        data: { featureGroup: bodies[name].featureGroup, version: index === 1 ? "v2" : "v1" },
      },
    }),
  ),
];

const page = (resultSize: number, total: number, offset = 0, pageSize = 10) => ({
  resultSize,
  pageSize,
  offset,
  totalRecordsCount: total,
});

const all = {
  filters: [],
  search_string: "u_",
  type: "offline",
  sort_by: "title",
  sort_order: "asc",
};

const LISTS: readonly [title: string, body: object, found: unknown[], paging: object][] = [
  ["all, by title", all, [cards.u_alpha, cards.u_beta], page(2, 2)],
  ["backwards", { ...all, sort_order: "desc" }, [cards.u_beta, cards.u_alpha], page(2, 2)],
  ["a page", { ...all, page_size: 1, offset: 1 }, [cards.u_beta], page(1, 2, 1, 1)],
  ["online ones, by default", { search_string: "u_" }, [online], page(1, 1)],
  ["by description, in any case", { ...all, search_string: "hELL" }, [cards.u_alpha], page(1, 1)],
  ["by a tag's part", { ...all, search_string: "U_BLU" }, [cards.u_beta], page(1, 1)],
  [
    "one of the tags",
    { ...all, filters: [{ name: "tags", value: ["u_red", "u_blue"] }] },
    [cards.u_alpha, cards.u_beta],
    page(2, 2),
  ],
  [
    "a tag and an owner",
    {
      ...all,
      filters: [
        { name: "tags", value: ["u_red", "u_blue"] },
        { name: "owners", value: ["bob@example.org"] },
      ],
    },
    [cards.u_beta],
    page(1, 1),
  ],
  ["nothing", { ...all, search_string: "u%a" }, [], page(0, 0)],
];

const lists: readonly Step[] = [
  ...groundwork,
  ...LISTS.map(
    ([title, body, found, paging]): Step => ({
      title: `feature groups: ${title}`,
      call: ["POST", `${ROOT}/get-feature-groups`, body],
      read: codeless,
      answer: say(found, paging),
    }),
  ),
  {
    title: "how many there are, whatever the page",
    call: ["POST", `${ROOT}/feature-groups/count`, { filters: [], search_string: "u_" }],
    answer: say({ onlineCount: 1, offlineCount: 2 }),
  },
  {
    title: "what can be filtered by",
    call: ["GET", `${ROOT}/group-filters`],
    read: (answer) => {
      const { data } = answer as { data: { name: string; value: string[] }[] };
      return data.map(({ name, value }) => ({
        name,
        value: value.filter((each) => each.startsWith("u_") || each.startsWith("bob@")),
      }));
    },
    answer: [
      { name: "tags", value: ["u_blue", "u_red"] },
      { name: "owners", value: ["bob@example.org"] },
    ],
  },
  ...(
    [
      [
        { filters: [{ name: "colour", value: [] }] },
        'filters[0].name "colour" is none of tags, owners',
      ],
      [{ page_size: 0 }, "page_size: page_size must be a whole number from 1 to 1000, not 0"],
      [{ sort_order: "up" }, 'sort_order "up" is none of asc, desc'],
      [{ type: "both" }, 'type "both" is none of online, offline'],
      [
        { search_string: "x".repeat(201) },
        "search_string: search_string has 201 characters, 200 at most",
      ],
    ] as const
  ).map(
    ([body, message]): Step => ({
      title: `refused: ${message}`,
      call: ["POST", `${ROOT}/get-feature-groups`, body],
      ...violates(message),
    }),
  ),
];

const keyCard = (title: string, type: string, isPrimaryKey: boolean) => ({
  title,
  description: "",
  tags: [],
  type,
  isPrimaryKey,
  copyCode: ["Python", "curl", "Spark"],
});
const columnCards = [
  keyCard("country", "TEXT", false),
  keyCard("season", "int", true),
  { ...keyCard("u_long", "long", false), description: "first", tags: ["x"] },
  keyCard("u_text", "string", false),
  keyCard("user_id", "long", true),
];
const OF = `${ROOT}/get-feature-of-feature-group?feature_group_id=u_alpha`;

const RUN = {
  name: "u_alpha",
  version: "v1",
  runId: "first",
  timeTaken: 12,
  count: 3,
  sampleData: [
    { u_long: 1, u_text: "a" },
    { u_long: 2, u_text: "a" },
    { u_long: 6, u_text: null },
  ],
  errorMessage: "none",
  status: "SUCCESS",
};

const single: readonly Step[] = [
  {
    title: "a run",
    call: ["POST", "/feature-group/run-data", RUN],
    answer: { data: RUN },
  },
  {
    title: "one feature group: the first version, unless told otherwise",
    call: ["GET", `${ROOT}/get-feature-group?id=u_alpha`, "{}"],
    read: codeless,
    answer: say({
      ...online,
      version: 1,
      lastFiveRuns: [{ runId: "first", status: "SUCCESS", executionTime: TIME }],
    }),
  },
  {
    title: "another version",
    call: ["GET", `${ROOT}/get-feature-group/?id=u_alpha&version=2&type=offline`],
    read: codeless,
    answer: say({ ...cards.u_alpha, lastFiveRuns: [] }),
  },
  {
    title: "its features, downwards",
    call: ["GET", OF],
    read: codeless,
    answer: say(columnCards.toReversed(), page(5, 5)),
  },
  {
    title: "a page of some of them",
    call: ["GET", `${OF}&search_string=U_&sort_order=asc&page_size=1&offset=1&version=2`],
    read: codeless,
    answer: say([columnCards[3]], page(1, 2, 1, 1)),
  },
  {
    title: "the keys",
    call: ["GET", `${ROOT}/feature-groups/u_alpha/entities?version=1`],
    answer: say([
      {
        entityName: "u_users",
        type: ["long", "int"],
        joinKeys: ["user_id", "season"],
        description: "users",
      },
    ]),
  },
  {
    title: "its runs, with what the samples say",
    call: ["GET", `${ROOT}/feature-group-runs?fg_name=u_alpha&version=1`],
    answer: say([
      {
        executionTime: TIME,
        duration: 12,
        status: "SUCCESS",
        statusCode: 200,
        link: null,
        version: 1,
        totalRecordsCount: 3,
        message: "none",
        features: [
          { title: "u_long", otherFactors: [3, 1, 2], sampleData: [1, 2, 6] },
          { title: "u_text", otherFactors: [null, "a", null], sampleData: ["a", "a", null] },
        ],
      },
    ]),
  },
  {
    title: "code for some features",
    call: [
      "POST",
      `${ROOT}/copy-code/features`,
      { feature_group_name: "u_beta", feature_titles: ["u_long"] },
    ],
    answer: say(
      'from darwin_fs import *\n\nframe = read_offline_features(spark, "u_beta", "v1").select("u_long")',
    ),
  },
  {
    title: "code for a feature that there is not",
    call: [
      "POST",
      `${ROOT}/copy-code/features`,
      { feature_group_name: "u_beta", feature_titles: ["no"] },
    ],
    ...violates("feature_titles: feature_titles has no, which u_beta has not"),
  },
  ...[
    "get-feature-group?id=none",
    "get-feature-group?id=u_alpha&version=3",
    "get-feature-group?id=u_beta&type=online",
    "get-feature-of-feature-group?feature_group_id=none",
    "feature-groups/none/entities",
    "feature-group-runs?fg_name=none",
  ].map(
    (path): Step => ({
      title: `${path}: not found`,
      call: ["GET", `${ROOT}/${path}`],
      ...complains("FEATURE-GROUP-NOT-FOUND-EXCEPTION"),
    }),
  ),
  {
    title: "a version that is no number",
    call: ["GET", `${ROOT}/get-feature-group?id=u_alpha&version=v2`],
    ...violates("version: version must be a whole number from 1 to 999999999, not v2"),
  },
  {
    title: "no id",
    call: ["GET", `${ROOT}/get-feature-group`],
    ...violates("id: id must not be null"),
  },
];

export const featureStoreChapters: readonly Chapter[] = [
  { title: "pages: lists", steps: lists },
  { title: "pages: one feature group", steps: single },
];
