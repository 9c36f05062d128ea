import { entityBody, groupBody } from "../support/bodies.ts";
import type { WorldTraits } from "./admin-contract.ts";
import { type Chapter, fails, type Step, TIME, textWith, violates } from "./step.ts";

const KAFKA = "OFS-V2-KAFKA-ADMIN-EXCEPTION";
const EXISTS = "consumer metadata already exists";

export function consumerChapters(traits: WorldTraits): Chapter[] {
  const topic = (name: string): string => `${traits.topicPrefix}-${name}`;
  return [
    { title: "consumers: onboarding", steps: onboarding(topic) },
    { title: "consumers: changes", steps: changes(topic, traits) },
    { title: "consumers: refusals", steps: refusals(topic) },
    { title: "topics and jobs", steps: operations(topic, traits) },
    { title: "populators", steps: populators },
  ];
}

type Topic = (name: string) => string;

const consume = (name: string, tenant: string): Step => ({
  title: `${name} is consumed by ${tenant}`,
  call: [
    "POST",
    "/feature-group/tenant",
    { featureGroupName: name, tenantConfig: { consume: tenant } },
  ],
  answer: {
    data: {
      featureGroupName: name,
      tenantConfig: { read: "default-tenant", write: "default-tenant", consume: tenant },
    },
  },
});

function onboarding(topic: Topic): Step[] {
  const own = { tenantName: "shop", topicName: topic("shop"), numPartitions: 2 };
  const common = { tenantName: "default-tenant", topicName: topic("common"), numPartitions: 1 };
  return [
    {
      title: "an entity",
      call: ["POST", "/entity", entityBody("c_users")],
      answer: { data: { entity: entityBody("c_users").entity } },
    },
    ...["c_one", "c_two"].map(
      (name): Step => ({
        title: `the feature group ${name}`,
        call: ["POST", "/feature-group", groupBody(name, "c_users")],
        answer: { data: { featureGroup: groupBody(name, "c_users").featureGroup, version: "v1" } },
      }),
    ),
    consume("c_one", "shop"),
    {
      title: "no topic yet",
      call: ["GET", "/feature-group/topic?name=c_one"],
      ...fails("OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION", {
        message: "consumer config not found for tenant shop",
      }),
    },
    {
      title: "no topic yet, by the other path",
      call: ["GET", "/feature-group/c_one/topic"],
      ...fails("OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION", {
        message: "consumer config not found for tenant shop",
      }),
    },
    { title: "nobody consumes", call: ["GET", "/consumer/metadata/all"], answer: { data: [] } },
    {
      title: "the default tenant's topic",
      call: ["POST", "/consumer/onboard", common],
      answer: { data: common },
      published: { "consumers/default-tenant": { ...common, numConsumers: 1, updatedAt: TIME } },
    },
    {
      title: "it serves others too",
      call: ["GET", "/feature-group/topic?name=c_one", "{}"],
      answer: { data: { featureGroupName: "c_one", topic: topic("common") } },
    },
    {
      title: "onboarding",
      call: ["POST", "/consumer/onboard", own],
      answer: { data: own },
      published: { "consumers/shop": { ...own, numConsumers: 1, updatedAt: TIME } },
      after: async ({ topics }) => {
        const count = await topics.partitionCount(topic("shop"));
        if (count !== 2) throw new Error(`the topic has ${count} partitions`);
      },
    },
    {
      title: "then the tenant has its own",
      call: ["GET", "/feature-group/topic/?name=c_one"],
      answer: { data: { featureGroupName: "c_one", topic: topic("shop") } },
    },
    {
      title: "which the other path tells without an envelope",
      call: ["GET", "/feature-group/c_one/topic"],
      answer: {
        message: "Feature Group Topic Details Fetched Successfully",
        data: { topic: topic("shop") },
      },
    },
    {
      title: "registration, in snake case; the count does not count",
      call: [
        "POST",
        "/consumer/register",
        { tenant_name: "old", topic_name: topic("old"), num_partitions: 5, num_consumers: 3 },
      ],
      answer: {
        data: { tenant_name: "old", topic_name: topic("old"), num_partitions: 5, num_consumers: 3 },
      },
      published: {
        "consumers/old": {
          tenantName: "old",
          topicName: topic("old"),
          numPartitions: 5,
          numConsumers: 1,
          updatedAt: TIME,
        },
      },
      after: async ({ topics }) => {
        const count = await topics.partitionCount(topic("old"));
        if (count !== undefined) throw new Error("a topic was made");
      },
    },
    {
      title: "all consumers",
      call: ["GET", "/consumer/metadata/all", "{}"],
      answer: {
        data: [
          { tenantName: "default-tenant", topicName: topic("common"), numConsumers: 1 },
          { tenantName: "old", topicName: topic("old"), numConsumers: 1 },
          { tenantName: "shop", topicName: topic("shop"), numConsumers: 1 },
        ],
      },
    },
  ];
}

function changes(topic: Topic, { growsTopics }: WorldTraits): Step[] {
  const more = { tenantName: "shop", numPartitions: 4 };
  const now = growsTopics ? 4 : 2;
  return [
    {
      title: "partitions grow",
      call: ["PUT", "/consumer/partitions", more],
      ...(growsTopics
        ? { answer: { data: more } }
        : {
            status: 400,
            answer: { error: { message: textWith("4"), cause: textWith("4"), code: KAFKA } },
          }),
    },
    {
      title: "partitions stay",
      call: ["PUT", "/consumer/partitions", { tenantName: "shop", numPartitions: now }],
      answer: { data: { tenantName: "shop", numPartitions: now } },
    },
    {
      title: "as many members as partitions",
      call: ["PUT", "/consumer/count", { tenantName: "shop", numConsumers: now }],
      answer: { data: { tenantName: "shop", numConsumers: now } },
      published: {
        "consumers/shop": {
          tenantName: "shop",
          topicName: topic("shop"),
          numPartitions: now,
          numConsumers: now,
          updatedAt: TIME,
        },
      },
    },
    {
      title: "another topic with fewer partitions has fewer members",
      call: ["PUT", "/consumer/topic", { tenantName: "shop", topicName: topic("common") }],
      answer: { data: { tenantName: "shop", topicName: topic("common") } },
      published: {
        "consumers/shop": {
          tenantName: "shop",
          topicName: topic("common"),
          numPartitions: 1,
          numConsumers: 1,
          updatedAt: TIME,
        },
      },
    },
  ];
}

function refusals(topic: Topic): Step[] {
  return [
    {
      title: "a tenant that nobody consumes",
      call: [
        "POST",
        "/consumer/onboard",
        { tenantName: "nobody", topicName: topic("nobody"), numPartitions: 1 },
      ],
      ...fails("OFS-V2-TENANT-NOT-FOUND-EXCEPTION"),
      after: async ({ topics }) => {
        const count = await topics.partitionCount(topic("nobody"));
        if (count !== undefined) throw new Error("a topic was made");
      },
    },
    {
      title: "onboarding twice",
      call: [
        "POST",
        "/consumer/onboard",
        { tenantName: "shop", topicName: topic("again"), numPartitions: 1 },
      ],
      ...fails(KAFKA, { message: EXISTS }),
    },
    {
      title: "registration twice",
      call: [
        "POST",
        "/consumer/register",
        { tenant_name: "old", topic_name: topic("old"), num_partitions: 5 },
      ],
      ...fails("OFS-V2-CONSUMER-REGISTRATION-EXCEPTION", { status: 400, message: EXISTS }),
    },
    consume("c_two", "late"),
    {
      title: "a topic that exists with other partitions",
      call: [
        "POST",
        "/consumer/onboard",
        { tenantName: "late", topicName: topic("common"), numPartitions: 3 },
      ],
      ...fails(KAFKA, { message: `topic ${topic("common")} exists with 1 partitions, not 3` }),
    },
    {
      title: "a topic that an onboarding has made that did not come to its end",
      before: ({ topics }) => topics.create(topic("half"), 2),
      call: [
        "POST",
        "/consumer/onboard",
        { tenantName: "late", topicName: topic("half"), numPartitions: 2 },
      ],
      answer: { data: { tenantName: "late", topicName: topic("half"), numPartitions: 2 } },
    },
    {
      title: "fewer partitions",
      call: ["PUT", "/consumer/partitions", { tenantName: "old", numPartitions: 1 }],
      ...fails(KAFKA, { message: "num partitions cannot be decreased from 5 to 1" }),
    },
    {
      title: "more members than partitions",
      call: ["PUT", "/consumer/count", { tenantName: "old", numConsumers: 6 }],
      ...fails(KAFKA, { message: "consumer count cannot be greater than num partitions" }),
    },
    {
      title: "partitions of nobody",
      call: ["PUT", "/consumer/partitions", { tenantName: "nobody", numPartitions: 9 }],
      ...fails(KAFKA, { message: "consumer metadata not found for nobody" }),
    },
    {
      title: "members of nobody",
      call: ["PUT", "/consumer/count", { tenantName: "nobody", numConsumers: 1 }],
      ...fails("OFS-V2-TENANT-NOT-FOUND-EXCEPTION"),
    },
    {
      title: "a topic of nobody",
      call: ["PUT", "/consumer/topic", { tenantName: "nobody", topicName: topic("x") }],
      ...fails("OFS-V2-TENANT-NOT-FOUND-EXCEPTION"),
    },
    ...(
      [
        ["POST", "onboard", { topicName: "t", numPartitions: 1 }, "tenantName is missing"],
        ["POST", "onboard", { tenantName: "shop", numPartitions: 1 }, "topicName is missing"],
        ["POST", "onboard", { tenantName: "shop", topicName: "t" }, "numPartitions is missing"],
        [
          "POST",
          "onboard",
          { tenantName: "a b", topicName: "t", numPartitions: 1 },
          "tenantName: tenantName must be letters, digits, _ and -",
        ],
        [
          "POST",
          "register",
          { tenant_name: "new", topic_name: "a b", num_partitions: 1 },
          "topic_name: topic_name must be 1 to 249 letters, digits, dots, _ and -",
        ],
        [
          "PUT",
          "partitions",
          { tenantName: "shop", numPartitions: 0 },
          "numPartitions: numPartitions must be a whole number from 1 to 10000, not 0",
        ],
        [
          "PUT",
          "count",
          { tenantName: "shop", numConsumers: "x" },
          'numConsumers is not an integer: "x"',
        ],
        ["PUT", "topic", { tenantName: "shop" }, "topicName is missing"],
      ] as const
    ).map(
      ([method, what, body, message]): Step => ({
        title: `${what} of ${JSON.stringify(body)}`,
        call: [method, `/consumer/${what}`, body],
        ...violates(message),
      }),
    ),
  ];
}

function operations(topic: Topic, { retentionMs }: WorldTraits): Step[] {
  const made = { topicName: topic("made"), numPartitions: 3 };
  const details = { topicName: topic("made"), partitions: 3, replicationFactor: 1, retentionMs };
  return [
    { title: "a topic", call: ["POST", "/kafka/topic", made], answer: { data: made } },
    {
      title: "a topic that exists",
      call: ["POST", "/kafka/topic", made],
      ...fails(KAFKA, { message: `topic ${topic("made")} already exists` }),
    },
    {
      title: "a topic that cannot be",
      call: ["POST", "/kafka/topic", { topicName: "..", numPartitions: 1 }],
      status: 400,
      answer: { error: { message: textWith('".."'), cause: textWith('".."'), code: KAFKA } },
    },
    {
      title: "a topic without a name",
      call: ["POST", "/kafka/topic", { numPartitions: 1 }],
      ...violates("topicName is missing"),
    },
    {
      title: "topics before the first backup",
      call: ["GET", "/kafka/topic-metadata"],
      ...fails("OFS-V2-KAFKA-CONFIG-NOT-FOUND-EXCEPTION"),
    },
    {
      title: "a backup of what has changed",
      call: ["POST", "/jobs/UpdateMetastoreBackupJob/start", {}],
      answer: { data: "Successful" },
    },
    {
      title: "a whole backup",
      before: async ({ backups, topics }) => {
        backups.topicsNow = await topics.describe([topic("made"), topic("none")]);
      },
      call: ["POST", "/jobs/BackupMetastoreJob/start", {}],
      answer: { data: "Successful" },
      after: async ({ backups: { made: jobs } }) => {
        if (jobs.join() !== "update,full") throw new Error(`jobs that ran: ${jobs.join()}`);
      },
    },
    {
      title: "topics as it has them",
      call: ["GET", "/kafka/topic-metadata"],
      answer: { data: { kafkaTopicMetadata: [details] } },
    },
    {
      title: "a job that there is not",
      call: ["POST", "/jobs/Other/start", {}],
      ...violates(
        "job: job must be one of BackupMetastoreJob, UpdateMetastoreBackupJob, not Other",
      ),
    },
  ];
}

const populators: readonly Step[] = [
  { title: "none", call: ["GET", "/populator/metadata/all"], answer: { data: [] } },
  ...[1, 3].map(
    (numWorkers): Step => ({
      title: `${numWorkers} workers`,
      call: ["PUT", "/populator/metadata", { tenantName: "loader", numWorkers }],
      answer: { data: { tenantName: "loader", numWorkers } },
      published: { "populators/loader": { tenantName: "loader", numWorkers, updatedAt: TIME } },
    }),
  ),
  {
    title: "all of them",
    call: ["GET", "/populator/metadata/all", "{}"],
    answer: { data: [{ tenantName: "loader", numWorkers: 3 }] },
  },
  {
    title: "too few",
    call: ["PUT", "/populator/metadata", { tenantName: "loader", numWorkers: -1 }],
    ...violates("numWorkers: numWorkers must be a whole number from 0 to 10000, not -1"),
  },
];
