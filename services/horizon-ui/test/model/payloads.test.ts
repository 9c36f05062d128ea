import { describe, expect, it } from "vitest";
import {
  EMPTY_CACHE,
  EMPTY_FEATURE,
  entityPayload,
  featuresPayload,
  formField,
  groupPayload,
  type JobDraft,
  jobPayload,
  jobRotatePayload,
  storePayload,
} from "../../src/model/payloads.ts";

const FEATURE = { ...EMPTY_FEATURE, labels: " ctr ", "default-values": "0.5", "vector-length": 4 };

const JOB: JobDraft = {
  "job-type": "writer",
  "job-id": "j",
  token: "",
  access: ["read", "write"],
  entities: [],
};

describe("payloads", () => {
  it("fills in the kind of the chosen database", () => {
    const draft = { "conf-id": "1", table: " t ", "primary-keys": ["k ", ""], "table-ttl": "" };
    expect(storePayload(draft, { "1": "scylla" })).toEqual({
      "conf-id": 1,
      "db-type": "scylla",
      table: "t",
      "primary-keys": ["k"],
      "table-ttl": 0,
    });
  });

  it("leaves out a token that the server is to make", () => {
    expect(jobPayload({ ...JOB, token: "  " })).not.toHaveProperty("token");
    expect(jobPayload({ ...JOB, "job-type": "reader", token: "t" })).toHaveProperty("token", "t");
    const rotation = { "job-type": "writer", "job-id": "j", "overlap-seconds": "", restore: false };
    expect(jobRotatePayload({ ...rotation, token: " " })).toEqual({
      "job-type": "writer",
      "job-id": "j",
      "overlap-seconds": 0,
    });
    expect(jobRotatePayload({ ...rotation, token: "t", restore: true })).toMatchObject({
      token: "t",
      restore: true,
    });
  });

  it.each<[string, Partial<JobDraft>, unknown]>([
    ["all of a reader", {}, undefined],
    ["reading only", { access: ["read"] }, { access: ["read"] }],
    ["some entities", { entities: ["user"] }, { entities: ["user"] }],
    ["nothing at all, which the server refuses", { access: [] }, { access: [] }],
    ["a writer's left-over choices", { "job-type": "writer", access: ["read"] }, undefined],
  ])("names the scopes of %s", (_, changes, scopes) => {
    const { scopes: sent } = jobPayload({ ...JOB, "job-type": "reader", ...changes });
    expect(sent).toEqual(scopes);
  });

  it("numbers keys, and names a column like its key where none is given", () => {
    const keys = [
      { "entity-label": "a", "column-label": "" },
      { "entity-label": "b", "column-label": "col_b" },
    ];
    const cache = { ...EMPTY_CACHE, enabled: true, "conf-id": "2" };
    const payload = entityPayload({
      "entity-label": "e",
      "key-map": keys,
      "distributed-cache": cache,
      "in-memory-cache": EMPTY_CACHE,
    });
    expect(payload).toEqual({
      "entity-label": "e",
      "key-map": {
        "0": { sequence: 0, "entity-label": "a", "column-label": "a" },
        "1": { sequence: 1, "entity-label": "b", "column-label": "col_b" },
      },
      "distributed-cache": {
        enabled: "true",
        "ttl-in-seconds": 300,
        "jitter-percentage": 10,
        "conf-id": 2,
      },
      "in-memory-cache": {
        enabled: "false",
        "ttl-in-seconds": 300,
        "jitter-percentage": 10,
        "conf-id": 0,
      },
    });
  });

  it("sends lengths as texts, and 0 where the data type has none", () => {
    const draft = { "entity-label": "e", "feature-group-label": "g", features: [FEATURE] };
    const lengths = (dataType: string): unknown[] => {
      const { features } = featuresPayload(draft, dataType) as {
        features: Record<string, unknown>[];
      };
      return features.flatMap((feature) => [feature["string-length"], feature["vector-length"]]);
    };
    expect(lengths("DataTypeFP32")).toEqual(["0", "0"]);
    expect(lengths("DataTypeFP32Vector")).toEqual(["0", "4"]);
    expect(lengths("DataTypeStringVector")).toEqual(["0", "4"]);
  });

  it("sends no source of a feature that has none", () => {
    const left = { ...FEATURE, "source-base-path": "db.t", "source-data-column": "c" };
    const payload = groupPayload({
      "entity-label": "e",
      "fg-label": "g",
      "job-id": "j",
      "store-id": "3",
      "ttl-in-seconds": 60,
      "in-memory-cache-enabled": true,
      "distributed-cache-enabled": false,
      "data-type": "DataTypeFP32",
      features: [left, { ...left, "storage-provider": "TABLE" }],
    });
    expect(payload).toMatchObject({
      "store-id": 3,
      "layout-version": 1,
      features: [
        { labels: "ctr", "storage-provider": "", "source-base-path": "", "source-data-column": "" },
        { "storage-provider": "TABLE", "source-base-path": "db.t", "source-data-column": "c" },
      ],
    });
  });

  it("shows a problem with a derived field where it is chosen", () => {
    expect(formField("store", "db-type")).toBe("conf-id");
    expect(formField("features-add", "features.2.default-values")).toBe(
      "features.2.default-values",
    );
  });
});
