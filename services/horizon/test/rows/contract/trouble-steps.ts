import { entityBody, groupBody } from "../support/bodies.ts";
import type { AdminWorld } from "./admin-world.ts";
import { type Chapter, fails, type Step, violates } from "./step.ts";

const goAway = async ({ registry }: AdminWorld): Promise<void> => {
  registry.isAway = true;
};
const comeBack = async ({ registry }: AdminWorld): Promise<void> => {
  registry.isAway = false;
};

const DAMAGED = "DarwinOfsV2-UNKNOWN-EXCEPTION";

const damaged: readonly Step[] = [
  {
    title: "an entity",
    call: ["POST", "/entity", entityBody("d_users")],
    answer: { data: { entity: entityBody("d_users").entity } },
  },
  {
    title: "its feature group",
    call: ["POST", "/feature-group", groupBody("d_stats", "d_users")],
    answer: { data: { featureGroup: groupBody("d_stats", "d_users").featureGroup, version: "v1" } },
  },
  {
    title: "a feature group that somebody has damaged",
    before: (world) =>
      world.run(
        `update cassandra_store_feature_group_metadata set feature_group = '{"featureGroupName":"d_stats"}' where name = 'd_stats'`,
      ),
    call: ["GET", "/feature-group?name=d_stats"],
    ...fails(DAMAGED, {
      cause: "what is stored of feature group d_stats v1 cannot be read: entityName is missing",
    }),
  },
  {
    title: "an entity that somebody has damaged",
    before: (world) =>
      world.run(`update cassandra_store_entity_metadata set entity = '[]' where name = 'd_users'`),
    call: ["GET", "/entity/metadata?name=d_users"],
    ...fails(DAMAGED, {
      cause: "what is stored of entity d_users cannot be read: the body is not an object: a list",
    }),
  },
  {
    title: "lists leave them out",
    call: ["GET", "/search/entities", { searchPattern: "d_users" }],
    answer: { data: { entities: [] } },
  },
];

const away: readonly Step[] = [
  {
    title: "an entity",
    call: ["POST", "/entity", entityBody("a_users")],
    answer: { data: { entity: entityBody("a_users").entity } },
  },
  {
    title: "a change that cannot be published",
    before: goAway,
    call: ["PUT", "/entity?name=a_users", { state: "ARCHIVED" }],
    after: comeBack,
    ...fails("UNKNOWN_EXCEPTION", { status: 503, message: "the registry is away" }),
  },
  {
    title: "is published by the reconciler",
    before: ({ app }) => app.admin.reconcile(),
    call: ["PUT", "/populator/metadata", { tenantName: "away", numWorkers: 1 }],
    answer: { data: { tenantName: "away", numWorkers: 1 } },
  },
  {
    title: "a creation that cannot be published",
    before: goAway,
    call: ["POST", "/entity", entityBody("a_late")],
    after: comeBack,
    ...fails("ENTITY-REGISTRATION-ERROR", { cause: "the registry is away" }),
    published: { "entities/a_late": undefined },
  },
  {
    title: "is published when it is sent again",
    call: ["POST", "/entity", entityBody("a_late")],
    answer: { data: { entity: entityBody("a_late").entity } },
  },
  {
    title: "a body above the limit",
    call: ["POST", "/entity", `{"owner":"${"x".repeat(200_000)}"}`],
    ...fails("INVALID_REQUEST", { status: 413, message: "Request body is too large" }),
  },
  {
    title: "a body of a GET above the limit",
    call: ["GET", "/search/entities", `{"searchPattern":"${"x".repeat(200_000)}"}`],
    ...fails("INVALID_REQUEST", { status: 413, message: "the body has more than 200000 bytes" }),
  },
  {
    title: "a job without a name",
    call: ["POST", "/jobs/%20/start", {}],
    ...violates("job: job must be one of BackupMetastoreJob, UpdateMetastoreBackupJob, not  "),
  },
];

export const troubleChapters: readonly Chapter[] = [
  { title: "damage", steps: damaged },
  { title: "outages and limits", steps: away },
];
