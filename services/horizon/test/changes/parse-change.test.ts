import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  CHANGE_KINDS,
  type ChangeKind,
  parseChange,
  payloadSchemas,
  subjectOf,
} from "../../src/changes/index.ts";
import {
  cacheBody,
  deleteBody,
  entityBody,
  featureBody,
  featuresBody,
  groupBody,
  groupEditBody,
  jobBody,
  keyBody,
  rotationBody,
  storeBody,
} from "./support/bodies.ts";
import { parse, problemsOf } from "./support/trees.ts";

const BODIES: Readonly<Record<ChangeKind, unknown>> = {
  store: storeBody(),
  job: jobBody(),
  "job-rotate": rotationBody(),
  entity: entityBody(),
  "entity-edit": entityBody({ "entity-label": "user" }),
  "feature-group": groupBody(),
  "feature-group-edit": groupEditBody(),
  "features-add": featuresBody([featureBody("x")]),
  "features-edit": featuresBody([featureBody("ctr")]),
  "features-delete": deleteBody(["ctr"]),
};

describe("parseChange", () => {
  it.each(CHANGE_KINDS)("reads what existing clients send: %s", (kind) => {
    const body = { ...(BODIES[kind] as object), "user-id": 5, role: ["admin"], other: null };
    const parsed = parseChange(kind, body);
    expect(parsed).toHaveProperty("change.kind", kind);
    expect(parsed).not.toHaveProperty("change.payload.user-id");
    expect(parsed).not.toHaveProperty("change.payload.role");
  });

  it("reads its own outcome: flags and lengths as values", () => {
    for (const kind of CHANGE_KINDS) {
      const { payload } = parse(kind, BODIES[kind]);
      expect(parse(kind, payload).payload).toEqual(payload);
    }
  });

  it("turns flags and lengths that are sent as text into values, and takes values too", () => {
    const entity = parse(
      "entity",
      entityBody({ "in-memory-cache": cacheBody({ enabled: false }) }),
    );
    expect(entity.payload).toMatchObject({
      "distributed-cache": { enabled: true },
      "in-memory-cache": { enabled: false },
    });
    const features = [
      featureBody("a", { "string-length": "65535", "vector-length": 7 }),
      { labels: "b" },
    ];
    expect(parse("features-add", featuresBody(features)).payload).toMatchObject({
      features: [
        { "string-length": 65_535, "vector-length": 7 },
        { "string-length": 0, "vector-length": 0, "storage-provider": "", "default-values": "" },
      ],
    });
  });

  it("takes null for an empty list, and an empty token for none", () => {
    expect(parse("feature-group", groupBody({ features: null })).payload).toMatchObject({
      features: [],
    });
    expect(parse("store", storeBody({ "primary-keys": null })).payload).toMatchObject({
      "primary-keys": [],
    });
    expect(parse("job", jobBody({ token: "" })).payload).toHaveProperty("token", undefined);
  });

  const LABEL_ERROR =
    "must be 1 to 63 letters, digits and any of _ . - beginning with a letter, a digit or _ (invalid)";
  const CQL_ERROR = "must be 1 to 48 letters, digits and _ beginning with a letter (invalid)";
  const REFERENCE_ERROR = "must be 1 to 255 characters without / and | (invalid)";
  const oneFeature = (changes: Readonly<Record<string, unknown>>) =>
    featuresBody([featureBody("x", changes)]);

  it.each<[string, ChangeKind, unknown, string]>([
    ["a body of another kind", "store", [], ": the body Invalid input"],
    ["a missing body", "store", undefined, ": is missing"],
    ["a missing field", "store", storeBody({ table: undefined }), "table: is missing (invalid)"],
    ["a number as text", "store", storeBody({ "conf-id": "1" }), 'conf-id: "1" must be a whole'],
    ["a fraction", "store", storeBody({ "table-ttl": 1.5 }), "table-ttl: 1.5 must be a whole"],
    ["V9 a negative table TTL", "store", storeBody({ "table-ttl": -1 }), "table-ttl: -1 must be"],
    ["a table TTL over 20 years", "store", storeBody({ "table-ttl": 630_720_001 }), "table-ttl: "],
    ["S3 a table that is CQL", "store", storeBody({ table: "t; DROP" }), CQL_ERROR],
    [
      "S3 a key that is CQL",
      "store",
      storeBody({ "primary-keys": ["a b"] }),
      `primary-keys.0: "a b" ${CQL_ERROR}`,
    ],
    ["a table of 49", "store", storeBody({ table: "t".repeat(49) }), CQL_ERROR],
    ["a table that begins with a digit", "store", storeBody({ table: "1t" }), CQL_ERROR],
    [
      "another job type",
      "job",
      jobBody({ "job-type": "x" }),
      'job-type: "x" must be writer or reader',
    ],
    ["S4 a path as a job", "job", jobBody({ "job-id": "a/b" }), `job-id: "a/b" ${LABEL_ERROR}`],
    ["a token of two lines", "job", jobBody({ token: "a\nb" }), "token: must be at most 4096"],
    [
      "a token with a blank at its end",
      "job",
      jobBody({ token: "a " }),
      "token: must be at most 4096",
    ],
    [
      "an unknown access",
      "job",
      jobBody({ scopes: { access: ["all"] } }),
      'scopes.access.0: "all" must be',
    ],
    ["S4 a path as an entity", "entity", entityBody({ "entity-label": "../x" }), LABEL_ERROR],
    ["a label of 64", "entity", entityBody({ "entity-label": "e".repeat(64) }), LABEL_ERROR],
    [
      "an empty label",
      "entity",
      entityBody({ "entity-label": "" }),
      `entity-label: "" ${LABEL_ERROR}`,
    ],
    [
      "S4 a path in the key-map",
      "entity",
      entityBody({ "key-map": { "a/b": keyBody(0, "k") } }),
      `"a/b" ${LABEL_ERROR}`,
    ],
    [
      "S3 a column that is CQL",
      "entity",
      entityBody({ "key-map": { "0": { ...keyBody(0, "k"), "column-label": "a-b" } } }),
      `key-map.0.column-label: "a-b" ${CQL_ERROR}`,
    ],
    [
      "V6 an empty key-map",
      "entity",
      entityBody({ "key-map": {} }),
      "key-map: an object must be an object of 1 to 64 keys",
    ],
    [
      "S6 a flag of another word",
      "entity",
      entityBody({ "distributed-cache": cacheBody({ enabled: "yes" }) }),
      'distributed-cache.enabled: "yes" must be "true" or "false"',
    ],
    [
      "V9 jitter over 100",
      "entity",
      entityBody({ "in-memory-cache": cacheBody({ "jitter-percentage": 101 }) }),
      "in-memory-cache.jitter-percentage: 101 must be a whole number from 0 to 100",
    ],
    [
      "V9 a negative cache TTL",
      "entity-edit",
      { "entity-label": "user", "in-memory-cache": cacheBody({ "ttl-in-seconds": -1 }) },
      "in-memory-cache.ttl-in-seconds: -1 must be",
    ],
    [
      "an unknown data type",
      "feature-group",
      groupBody({ "data-type": "FP32" }),
      'data-type: "FP32" must be one of DataTypeFP8E5M2',
    ],
    [
      "V9 another layout",
      "feature-group",
      groupBody({ "layout-version": 2 }),
      "layout-version: 2 must be a whole number from 1 to 1",
    ],
    [
      "V9 another layout of an edit",
      "feature-group-edit",
      groupEditBody({ "layout-version": 0 }),
      "layout-version: 0 must be",
    ],
    [
      "S6 a negative group TTL",
      "feature-group-edit",
      groupEditBody({ "ttl-in-seconds": -1 }),
      "ttl-in-seconds: -1 must be",
    ],
    [
      "a flag as text",
      "feature-group",
      groupBody({ "in-memory-cache-enabled": "true" }),
      'in-memory-cache-enabled: "true" must be true or false',
    ],
    [
      "V5 a comma in a feature",
      "features-add",
      featuresBody([featureBody("a,b")]),
      `features.0.labels: "a,b" ${LABEL_ERROR}`,
    ],
    ["V5 a pipe in a feature", "features-add", featuresBody([featureBody("a|b")]), LABEL_ERROR],
    ["V8 an empty feature", "features-add", featuresBody([featureBody("")]), LABEL_ERROR],
    [
      "V8 no features",
      "features-add",
      featuresBody([]),
      "features: a list of 0 must be a list of 1 to 10000 items",
    ],
    [
      "too many features",
      "features-delete",
      deleteBody(Array.from({ length: 10_001 }, () => "f")),
      "a list of 10001 must be a list of 1 to 10000 items",
    ],
    [
      "an empty length",
      "features-add",
      oneFeature({ "string-length": "" }),
      'features.0.string-length: "" must be a whole number from 0 to 65535, as text',
    ],
    [
      "a length over 16 bits",
      "features-add",
      oneFeature({ "vector-length": "65536" }),
      "features.0.vector-length: 65536 must be",
    ],
    [
      "a negative length",
      "features-add",
      oneFeature({ "vector-length": -1 }),
      "features.0.vector-length: -1 must be",
    ],
    [
      "V10 another provider",
      "features-edit",
      oneFeature({ "storage-provider": "N/A" }),
      'features.0.storage-provider: "N/A" must be one of',
    ],
    [
      "a path of 1025",
      "features-add",
      oneFeature({ "source-base-path": "p".repeat(1025) }),
      "features.0.source-base-path: ",
    ],
    [
      "a default that is no text",
      "features-add",
      oneFeature({ "default-values": 0 }),
      "features.0.default-values: 0 must be text",
    ],
    [
      "a reference with a slash",
      "features-delete",
      deleteBody(["a/b"]),
      `feature-labels.0: "a/b" ${REFERENCE_ERROR}`,
    ],
    ["an empty reference", "entity-edit", { "entity-label": "" }, REFERENCE_ERROR],
  ])("refuses %s", (_, kind, body, expected) => {
    const problems = problemsOf(kind, body);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it("names every problem, and at most a hundred", () => {
    const body = storeBody({ "conf-id": -1, table: "a b", "table-ttl": "x" });
    expect(problemsOf("store", body)).toHaveLength(3);
    const many = Array.from({ length: 200 }, () => featureBody("a b"));
    expect(problemsOf("features-add", featuresBody(many))).toHaveLength(100);
  });

  it("never shows a token", () => {
    for (const token of ["secret\nword", { secret: 1 }, " secret", "secret".repeat(1000)]) {
      expect(problemsOf("job", jobBody({ token })).join()).not.toContain("secret");
    }
  });
});

describe("payloadSchemas", () => {
  it.each(CHANGE_KINDS)("gives OpenAPI what clients send, with descriptions: %s", (kind) => {
    const schema = z.toJSONSchema(payloadSchemas[kind], { io: "input" });
    const fields = Object.entries(schema.properties ?? {});
    expect(fields.length).toBeGreaterThan(0);
    for (const [name, field] of fields) {
      const { description, example, examples } = field as {
        description?: string;
        example?: unknown;
        examples?: unknown[];
      };
      expect(description, `${kind} ${name}`).toBeTypeOf("string");
      expect(example ?? examples?.[0], `${kind} ${name}`).toBeDefined();
    }
  });
});

describe("subjectOf", () => {
  it.each<[ChangeKind, string]>([
    ["store", "new_table"],
    ["job", "writer/new_job"],
    ["job-rotate", "writer/user_job"],
    ["entity", "shop"],
    ["entity-edit", "user"],
    ["feature-group", "user/fresh"],
    ["feature-group-edit", "user/core"],
    ["features-add", "user/core"],
    ["features-edit", "user/core"],
    ["features-delete", "user/core"],
  ])("says what a change is about: %s", (kind, subject) => {
    expect(subjectOf(parse(kind, BODIES[kind]))).toBe(subject);
  });

  it("names the connection of a store without a table", () => {
    const body = storeBody({ table: "", "db-type": "redis_failover", "conf-id": 4 });
    expect(subjectOf(parse("store", body))).toBe("conf-id 4");
  });
});
