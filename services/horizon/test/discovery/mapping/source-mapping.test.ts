import { describe, expect, it } from "vitest";
import { onlineFeatures } from "../../../src/discovery/mapping/online-features.ts";
import { sourceMapping } from "../../../src/discovery/mapping/source-mapping.ts";
import { exampleCatalog } from "../support/example-tree.ts";

const CATALOG_GROUP = "entities/catalog/feature-groups/core";

/** A group of the other entity, whose keys are named in another order than they follow. */
const OTHER_GROUP = {
  [`${CATALOG_GROUP}/id`]: "0",
  [`${CATALOG_GROUP}/active-version`]: "1",
  [`${CATALOG_GROUP}/store-id`]: "1",
  [`${CATALOG_GROUP}/data-type`]: "DataTypeFP32",
  [`${CATALOG_GROUP}/job-id`]: "catalog_job",
  [`${CATALOG_GROUP}/layout-version`]: "1",
  [`${CATALOG_GROUP}/columns/seg_2/label`]: "seg_2",
  [`${CATALOG_GROUP}/features/1/labels`]: "price",
  [`${CATALOG_GROUP}/features/1/feature-meta`]:
    '{"price":{"sequence":0,"default-value":"AADAPw==","string-length":0,"vector-length":0}}',
};

const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("sourceMapping", () => {
  it("is what the published example says, sorted", () => {
    const mapping = sourceMapping(
      exampleCatalog({ "source/user|core|cvr": undefined }),
      "user_job",
    );
    expect(wire(mapping)).toEqual({
      keys: { user: ["user_id"] },
      data: [
        {
          "storage-provider": "PARQUET_GCS",
          "base-path": [
            {
              "source-base-path": "gs://bucket/zones",
              "data-paths": [
                {
                  "entity-label": "user",
                  "feature-group-label": "tags",
                  "feature-label": "zone",
                  "source-data-column": "zone",
                  "default-value": "[z]",
                  "data-type": "DataTypeStringVector",
                },
              ],
            },
          ],
        },
        {
          "storage-provider": "TABLE",
          "base-path": [
            {
              "source-base-path": "db.t",
              "data-paths": [
                {
                  "entity-label": "user",
                  "feature-group-label": "core",
                  "feature-label": "ctr",
                  "source-data-column": "c1",
                  "default-value": "0.0",
                  "data-type": "DataTypeFP32",
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("names keys by their sequence, also where the job has no sources", () => {
    expect(wire(sourceMapping(exampleCatalog(OTHER_GROUP), "catalog_job"))).toEqual({
      keys: { catalog: ["shop_id", "catalog_id"] },
      data: [],
    });
  });

  it("puts no entity without sources before one that has some", () => {
    const catalog = exampleCatalog({ ...OTHER_GROUP, [`${CATALOG_GROUP}/job-id`]: "user_job" });
    expect(Object.keys(sourceMapping(catalog, "user_job").keys)).toEqual(["user"]);
  });

  it("a job without groups has nothing", () => {
    expect(wire(sourceMapping(exampleCatalog(), "other"))).toEqual({ keys: {}, data: [] });
  });

  it("takes the default of the group where the source has none, and no feature that is not active", () => {
    const catalog = exampleCatalog({
      ...OTHER_GROUP,
      "source/catalog|core|price": "TABLE|db.p|price|",
      "source/catalog|core|gone": "TABLE|db.p|gone|1",
      "source/catalog|core|a/b": "TABLE|db.p|ab|1",
    });
    const paths = sourceMapping(catalog, "catalog_job").data[0]?.["base-path"][0]?.["data-paths"];
    expect(paths).toHaveLength(1);
    expect(paths?.[0]).toMatchObject({ "feature-label": "price", "default-value": "1.5" });
  });

  it("keeps pipes of a default", () => {
    const catalog = exampleCatalog({ "source/user|core|ctr": "TABLE|db.t|c1|a|b" });
    const paths = sourceMapping(catalog, "user_job").data[1]?.["base-path"][0]?.["data-paths"];
    expect(paths?.[0]?.["default-value"]).toBe("a|b");
  });

  it("fulfils what the Spark push client does with it", () => {
    const mapping = sourceMapping(exampleCatalog(), "user_job");
    const [entity] = Object.keys(mapping.keys);
    expect(mapping.keys[entity as string]).toEqual(["user_id"]);
    const renamed = mapping.data.flatMap(({ "storage-provider": provider, "base-path": paths }) =>
      paths.flatMap(({ "source-base-path": path, "data-paths": features }) =>
        features.map((feature) => {
          const table =
            provider === "TABLE" ? path.split(".")[1] : path.split("gs://")[1]?.split("/").at(-1);
          return `${table}___${feature["feature-group-label"]}___${feature["feature-label"]}`;
        }),
      ),
    );
    expect(renamed).toEqual(["zones___tags___zone", "t___core___ctr", "t___core___cvr"]);
  });
});

describe("onlineFeatures", () => {
  const catalog = exampleCatalog({
    ...OTHER_GROUP,
    "source/catalog|core|price": "TABLE|db.t|c1|0",
  });

  it.each([
    ["TABLE|db.t|c2", "user:core:cvr"],
    ["PARQUET_GCS|gs://bucket/zones|zone", "user:tags:zone"],
    ["PCTR_CALIBRATION|TABLE|db.t|c2", "pctr_calibration:user:core:cvr"],
    ["PCVR_CALIBRATION|TABLE|db.t|c2", "pcvr_calibration:user:core:cvr"],
    ["PARENT|TABLE|db.t|c2", "parent:user:core:cvr"],
    // Two features have this source: the first by labels wins.
    ["TABLE|db.t|c1", "catalog:core:price"],
  ])("%s -> %s", (offline, online) => {
    expect(wire(onlineFeatures(catalog, [offline]))).toEqual({ [offline]: online });
  });

  it.each(["TABLE|db.t", "OTHER|TABLE|db.t|c1", "", "|", "PARENT|", "__proto__"])(
    "leaves out %j",
    (offline) => {
      expect(wire(onlineFeatures(catalog, [offline]))).toEqual({});
    },
  );
});
