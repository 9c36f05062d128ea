import { entityBody, groupBody } from "../support/bodies.ts";
import { first, metadataOf, second } from "./group-objects.ts";
import { type Chapter, fails, type Step, textWith, violates } from "./step.ts";

/** After those of the creations. */
const changes: readonly Step[] = [
  {
    title: "archived",
    call: ["PUT", "/feature-group?name=Stats&version=v1", { state: "ARCHIVED" }],
    answer: { data: { state: "ARCHIVED" } },
    published: {
      "feature-groups/Stats/v1": { ...metadataOf(first, "v1"), state: "ARCHIVED" },
      "feature-groups/Stats/v2": metadataOf(second, "v2"),
    },
  },
  ...[
    "/feature-group/schema?name=Stats&version=v1",
    "/v1/feature-group/Stats/schema?version=v1",
  ].map(
    (url): Step => ({
      title: `GET ${url}: archived`,
      call: ["GET", url],
      ...fails("FEATURE-GROUP-STATE-EXCEPTION"),
    }),
  ),
  {
    title: "an archived one is shown",
    call: ["GET", "/feature-group?name=Stats&version=v1"],
    answer: { data: { featureGroup: first.featureGroup, version: "v1" } },
  },
  {
    title: "live again",
    call: ["PUT", "/feature-group/?name=Stats&version=v1", { state: "LIVE" }],
    answer: { data: { state: "LIVE" } },
  },
  {
    title: "without a version the latest changes",
    call: ["PUT", "/feature-group?name=Stats", { state: "ARCHIVED" }],
    answer: { data: { state: "ARCHIVED" } },
    published: { "feature-groups/Stats/v2": { ...metadataOf(second, "v2"), state: "ARCHIVED" } },
  },
  {
    title: "and back",
    call: ["PUT", "/feature-group?name=Stats", { state: "LIVE" }],
    answer: { data: { state: "LIVE" } },
  },
  ...["none", "Stats&version=v9"].map(
    (name): Step => ({
      title: `the state of ${name}`,
      call: ["PUT", `/feature-group?name=${name}`, { state: "LIVE" }],
      ...fails("FEATURE-GROUP-NOT-FOUND-EXCEPTION"),
    }),
  ),
  {
    title: "no state",
    call: ["PUT", "/feature-group?name=Stats", "{}"],
    ...violates("state is missing"),
  },
  {
    title: "a TTL as text is a number; the version is echoed",
    call: ["PUT", "/feature-group/ttl", { name: "Stats", version: "v1", ttl: "3600" }],
    answer: { data: { name: "Stats", version: "v1", ttl: 3600 } },
  },
  {
    title: "the entity has it",
    call: ["GET", "/entity?name=Users"],
    answer: { data: { entity: entityBody("Users", { ttl: 3600 }).entity } },
  },
  {
    title: "no TTL any more",
    call: ["PUT", "/feature-group/ttl", { name: "plain", ttl: 0 }],
    answer: { data: { name: "plain", ttl: 0 } },
  },
  ...(
    [
      [{ name: "Stats" }, "ttl is missing"],
      [{ name: "Stats", ttl: -1 }, "ttl: 0 to 630720000 seconds"],
      [{ name: "Stats", ttl: 1.5 }, "ttl is not an integer: 1.5"],
      [{ ttl: 1 }, "name is missing"],
    ] as const
  ).map(
    ([body, message]): Step => ({
      title: `a TTL of ${JSON.stringify(body)}`,
      call: ["PUT", "/feature-group/ttl", body],
      ...violates(message),
    }),
  ),
  {
    title: "a TTL of nobody",
    call: ["PUT", "/feature-group/ttl", { name: "none", ttl: 1 }],
    ...fails("FEATURE-GROUP-NOT-FOUND-EXCEPTION"),
  },
  {
    title: "an entity without a table",
    call: ["POST", "/entity/register", entityBody("untabled")],
    answer: { data: { entity: entityBody("untabled").entity } },
  },
  {
    title: "its feature group",
    call: ["POST", "/feature-group/register", groupBody("untabled", "untabled")],
    answer: {
      data: { featureGroup: groupBody("untabled", "untabled").featureGroup, version: "v1" },
    },
  },
  {
    title: "a TTL without a table",
    call: ["PUT", "/feature-group/ttl", { name: "untabled", ttl: 5 }],
    ...fails("OFS-V2-TTL-UPDATE-EXCEPTION", { cause: textWith("untabled") }),
  },
];

export const groupChangeChapters: readonly Chapter[] = [
  { title: "feature groups: changes", steps: changes },
];
