import { inflateRawSync } from "node:zlib";
import { column, entityBody, groupBody, OWNER } from "../support/bodies.ts";
import { type Chapter, fails, type Step, violates } from "./step.ts";

const BOB = "bob@example.org";
const SEARCH = "SEARCH-ENTITY-REQUEST-EXCEPTION";

const bobs = { owner: BOB, tags: ["s_one", "s_two"] };

const groundwork: readonly Step[] = [
  ...(
    [
      ["s_b100x", bobs],
      ["s_a100_y", { tags: ["s_one"] }],
    ] as const
  ).map(
    ([name, envelope]): Step => ({
      title: `the entity ${name}`,
      call: ["POST", "/entity", entityBody(name, {}, envelope)],
      answer: { data: { entity: entityBody(name).entity } },
    }),
  ),
  ...(
    [
      ["s_fg", {}, { upgrade: "false" }, "v1"],
      ["s_fg", { features: [column("special_x")] }, { upgrade: "true" }, "v2"],
    ] as const
  ).map(
    ([name, change, headers, version]): Step => ({
      title: `the feature group ${name} ${version}`,
      call: ["POST", "/feature-group", groupBody(name, "s_b100x", change, bobs), headers],
      answer: {
        data: { featureGroup: groupBody(name, "s_b100x", change).featureGroup, version },
      },
    }),
  ),
];

/** Names, with versions where there are any. */
const names = (answer: unknown): unknown => {
  const { data } = answer as { data: Record<string, { name: string; version?: string }[]> };
  return Object.fromEntries(
    Object.entries(data).map(([member, objects]) => [
      member,
      objects.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)),
    ]),
  );
};

const ENTITIES: readonly [title: string, query: string, body: object, found: string[]][] = [
  ["a part of the name", "", { searchPattern: "_A100" }, ["s_a100_y"]],
  ["no wildcards", "", { searchPattern: "s%00" }, []],
  ["an underscore is one", "", { searchPattern: "100_" }, ["s_a100_y"]],
  ["a column, with a tag", "", { searchPattern: "ountr", tags: ["s_two"] }, ["s_b100x"]],
  ["one tag", "", { tags: ["s_one"] }, ["s_a100_y", "s_b100x"]],
  ["all tags", "", { tags: ["s_one", "s_two"] }, ["s_b100x"]],
  ["one of the owners", "", { tags: ["s_one"], owners: [BOB, "no@example.org"] }, ["s_b100x"]],
  [
    "members in any case, null is absent",
    "",
    { TAGS: ["s_one"], owners: null },
    ["s_a100_y", "s_b100x"],
  ],
  ["a page", "?page-size=1&page-offset=1", { tags: ["s_one"] }, ["s_b100x"]],
  [
    "an empty pattern with a tag",
    "",
    { searchPattern: "", tags: ["s_one"] },
    ["s_a100_y", "s_b100x"],
  ],
];

const GROUPS: readonly [title: string, query: string, body: object, found: string[]][] = [
  ["a column of one version", "", { searchPattern: "SPECIAL_X" }, ["s_fg v2"]],
  ["the name", "", { searchPattern: "s_fg" }, ["s_fg v1", "s_fg v2"]],
  ["tag and owner", "", { tags: ["s_two"], owners: [BOB] }, ["s_fg v1", "s_fg v2"]],
  ["a page", "?page-size=1", { owners: [BOB] }, ["s_fg v1"]],
  ["nothing", "", { searchPattern: "s_fg", tags: ["s_none"] }, []],
];

const searches: readonly Step[] = [
  ...groundwork,
  ...(["GET", "POST"] as const).flatMap((method) => [
    ...ENTITIES.map(
      ([title, query, body, entities]): Step => ({
        title: `${method} entities: ${title}`,
        call: [method, `/search/entities${query}`, body],
        read: names,
        answer: { entities },
      }),
    ),
    ...GROUPS.map(
      ([title, query, body, featureGroups]): Step => ({
        title: `${method} feature groups: ${title}`,
        call: [method, `/search/feature-groups${query}`, body],
        read: names,
        answer: { featureGroups },
      }),
    ),
    {
      title: `${method} both, by the document's path`,
      call: [method, "/v1/search", { tags: ["s_two"] }],
      read: names,
      answer: { entities: ["s_b100x"], featureGroups: ["s_fg v1", "s_fg v2"] },
    } satisfies Step,
  ]),
  ...["/search/entities", "/search/feature-groups", "/v1/search"].flatMap((path): Step[] => [
    {
      title: `${path} without a criterion`,
      call: ["GET", path, "{}"],
      ...fails(SEARCH, { cause: "no criterion" }),
    },
    {
      title: `${path} without a body`,
      call: ["GET", path],
      ...fails(SEARCH, { cause: "the body is not an object: null" }),
    },
    {
      title: `${path} with tags that are no list`,
      call: ["GET", path, { tags: "one" }],
      ...fails(SEARCH, { cause: 'tags is not a list: "one"' }),
    },
    {
      title: `${path} with 101 criteria`,
      call: ["GET", path, { tags: Array.from({ length: 101 }, (_, index) => `t${index}`) }],
      ...fails(SEARCH, { cause: "101 tags and owners, 100 at most" }),
    },
    {
      title: `${path} with a page of nothing`,
      call: ["GET", `${path}?page-size=0`, { tags: ["s_one"] }],
      ...violates("page-size: page-size must be a whole number from 1 to 10000, not 0"),
    },
    {
      title: `${path} before the beginning`,
      call: ["GET", `${path}?page-offset=-1`, { tags: ["s_one"] }],
      ...violates("page-offset: page-offset must be a whole number from 0 to 1000000000, not -1"),
    },
  ]),
];

/** Only what begins as the names of this chapter: others have made something too. */
const own =
  (member: string) =>
  (answer: unknown): unknown =>
    (answer as { data: Record<string, string[]> }).data[member]?.filter(
      (each) => [OWNER, BOB].includes(each) || each.startsWith("s_"),
    );

const words: readonly Step[] = (
  [
    ["all-entity-owners", "owners", [OWNER, BOB]],
    ["all-feature-group-owners", "owners", [OWNER, BOB]],
    ["all-entity-tags", "tags", ["s_one", "s_two"]],
    ["all-feature-group-tags", "tags", ["s_one", "s_two"]],
  ] as const
).map(([path, member, answer]) => ({
  title: path,
  call: ["GET", `/search/${path}`],
  read: own(member),
  answer,
}));

const PLAIN = { "compressed-response": "false" };

/** The text of a list, by whether it comes compressed. */
const listed =
  (member: string, isCompressed: boolean) =>
  (answer: unknown): unknown => {
    const { data } = answer as { data: string };
    const text = isCompressed ? inflateRawSync(Buffer.from(data, "base64")).toString() : data;
    const { [member]: objects, ...others } = JSON.parse(text) as Record<string, { name: string }[]>;
    if (Object.keys(others).length > 0) throw new Error(`more than ${member}: ${text}`);
    return objects?.map(({ name }) => name).filter((name) => name.startsWith("s_"));
  };

const lists: readonly Step[] = (
  [
    ["/entity", "entities", ["s_a100_y", "s_b100x"]],
    ["/feature-group", "featureGroups", ["s_fg", "s_fg"]],
    ["/feature-group/version", "versions", ["s_fg"]],
  ] as const
).flatMap(([path, member, answer]): Step[] => [
  {
    title: `${path}/all, compressed`,
    call: ["GET", `${path}/all`, "{}"],
    read: listed(member, true),
    answer,
  },
  {
    title: `${path}/all, plain`,
    call: ["GET", `${path}/all/`, "{}", PLAIN],
    read: listed(member, false),
    answer,
  },
  {
    title: `${path}/all-updated, all of it`,
    call: ["GET", `${path}/all-updated?timestamp=0`, undefined, PLAIN],
    read: listed(member, false),
    answer,
  },
  {
    title: `${path}/all-updated, of the last minute`,
    call: ["GET", `${path}/all-updated?timestamp=${Date.now() - 60_000}`],
    read: listed(member, true),
    answer,
  },
  {
    title: `${path}/all-updated, of later`,
    call: ["GET", `${path}/all-updated?timestamp=4102444800000`, undefined, PLAIN],
    answer: `{"data":"{\\"${member}\\":[]}"}`,
  },
  {
    title: `${path}/all-updated without a time`,
    call: ["GET", `${path}/all-updated`],
    ...violates("timestamp: timestamp must not be null"),
  },
  {
    title: `${path}/all-updated with a time that is none`,
    call: ["GET", `${path}/all-updated?timestamp=soon`],
    ...violates("timestamp: timestamp must be a whole number from 0 to 8640000000000000, not soon"),
  },
  {
    title: `${path}/all, perhaps compressed`,
    call: ["GET", `${path}/all`, undefined, { "compressed-response": "perhaps" }],
    ...violates("compressed-response: compressed-response must be true or false, not perhaps"),
  },
]);

export const searchChapters: readonly Chapter[] = [
  { title: "searches", steps: searches },
  { title: "owners and tags", steps: words },
  { title: "lists", steps: lists },
];
