/** One request of an entity's way into an empty registry, with how it is decided. */
interface Step {
  readonly submit: string;
  readonly decide: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const cache = (confId: number) => ({
  enabled: "true",
  "ttl-in-seconds": 300,
  "jitter-percentage": 10,
  "conf-id": confId,
});

/** An embedded store, a writer, an entity and a feature group, in the order that they need each other. */
export const ONBOARDING: readonly [Step, ...Step[]] = [
  {
    submit: "register-store",
    decide: "process-store",
    body: {
      "conf-id": 0,
      "db-type": "embedded",
      table: "user_features",
      "primary-keys": ["user_id"],
      "table-ttl": 0,
    },
  },
  {
    submit: "register-job",
    decide: "process-job",
    body: { "job-type": "writer", "job-id": "user_job", token: "s3cret-of-the-job" },
  },
  {
    submit: "register-entity",
    decide: "process-entity",
    body: {
      "entity-label": "user",
      "key-map": { "0": { sequence: 0, "entity-label": "user_id", "column-label": "user_id" } },
      "distributed-cache": cache(2),
      "in-memory-cache": cache(3),
    },
  },
  {
    submit: "register-feature-group",
    decide: "process-feature-group",
    body: {
      "entity-label": "user",
      "fg-label": "core",
      "job-id": "user_job",
      "store-id": 1,
      "ttl-in-seconds": 86_400,
      "in-memory-cache-enabled": true,
      "distributed-cache-enabled": true,
      "data-type": "DataTypeFP32",
      "layout-version": 1,
      features: [
        {
          labels: "ctr",
          "default-values": "0.0",
          "source-base-path": "db.t",
          "source-data-column": "c1",
          "storage-provider": "TABLE",
          "string-length": "0",
          "vector-length": "0",
        },
      ],
    },
  },
];
