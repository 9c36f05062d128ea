import { describe, expect, it } from "vitest";
import type { CatalogGroup } from "../../../src/discovery/catalog/model.ts";
import { compareVersions } from "../../../src/discovery/catalog/read-group.ts";
import { featureDetails } from "../../../src/discovery/views/feature-details.ts";
import { diffVersions, listVersions } from "../../../src/discovery/views/versions.ts";
import { exampleCatalog } from "../support/example-tree.ts";

const catalog = exampleCatalog();

function group(label: string): CatalogGroup {
  const found = catalog.entities.get("user")?.groups.get(label);
  if (found === undefined) throw new Error(`the example has no group ${label}`);
  return found;
}

function version(label: string, name: string) {
  const found = group(label).version(name);
  if (found === undefined) throw new Error(`group ${label} has no version ${name}`);
  return found;
}

describe("listVersions", () => {
  it("tells columns, sizes against limits, and features with defaults as text and bytes", () => {
    const { versions, ...head } = listVersions(catalog, group("core"), { offset: 0, limit: 10 });
    expect(head).toEqual({
      "entity-label": "user",
      "feature-group-label": "core",
      "store-id": "1",
      "job-id": "user_job",
      "data-type": "DataTypeFP32",
      "active-version": "1",
      columns: [{ label: "seg_0", "current-size-in-bytes": 17, "max-size-in-bytes": 1024 }],
      "accounted-size-in-bytes": 17,
      "block-size-in-bytes": 17,
      "row-size-in-bytes": 74,
      "max-row-size-in-bytes": 102_400,
      total: 1,
    });
    expect(versions[0]?.features[1]).toEqual({
      label: "cvr",
      sequence: 1,
      "data-type": "DataTypeFP32",
      "string-length": 0,
      "vector-length": 0,
      "default-value": "0.0",
      "default-bytes": "AAAAAA==",
      "storage-provider": "TABLE",
      "source-base-path": "db.t",
      "source-data-column": "c2",
    });
  });

  it("lists the newest first, page by page; strings count with their lengths", () => {
    const first = listVersions(catalog, group("tags"), { offset: 0, limit: 1 });
    const second = listVersions(catalog, group("tags"), { offset: 1, limit: 1 });
    expect([first.total, second.total]).toEqual([2, 2]);
    expect(first.versions).toMatchObject([
      { version: "2", "is-active": true, "block-size-in-bytes": 9 + 2 * 18 + 10 },
    ]);
    expect(second.versions).toMatchObject([{ version: "1", "is-active": false }]);
    expect(listVersions(catalog, group("tags"), { offset: 2, limit: 1 }).versions).toEqual([]);
  });

  it("sorts versions by number", () => {
    expect(["10", "x", "9", "1", "a"].sort(compareVersions)).toEqual(["1", "9", "10", "a", "x"]);
  });
});

describe("diffVersions", () => {
  it("tells what was added, removed and changed", () => {
    expect(diffVersions(version("tags", "1"), version("tags", "2"))).toEqual({
      from: "1",
      to: "2",
      added: ["zone"],
      removed: ["tier"],
      changed: [],
      "is-same-layout": false,
    });
  });

  it("a version does not differ from itself", () => {
    const same = version("tags", "1");
    expect(diffVersions(same, same)).toMatchObject({ changed: [], "is-same-layout": true });
  });

  it("a changed default leaves the layout, a changed length does not", () => {
    const before = version("tags", "1");
    const [city, tier] = before.features;
    if (city === undefined || tier === undefined) throw new Error("the example has two features");
    const withDefault = { ...before, features: [{ ...city, defaultText: "[a,b]" }, tier] };
    expect(diffVersions(before, withDefault)).toMatchObject({
      changed: [
        { label: "city", fields: [{ field: "default-value", before: "[na,na]", after: "[a,b]" }] },
      ],
      "is-same-layout": true,
    });
    const longer = { ...before, features: [{ ...city, stringLength: 17 }, tier] };
    expect(diffVersions(before, longer)["is-same-layout"]).toBe(false);
  });
});

describe("featureDetails", () => {
  it("tells where a feature lies, who writes and reads it", () => {
    expect(featureDetails(catalog, group("tags"), "city")).toMatchObject({
      versions: ["2", "1"],
      storage: {
        "store-id": "1",
        "db-type": "scylla",
        "conf-id": 1,
        table: "user_features",
        columns: ["seg_1"],
        "primary-keys": ["user_id"],
        "ttl-in-seconds": 0,
        "in-memory-cached": false,
        "distributed-cached": false,
      },
      "job-id": "user_job",
      "may-write": ["ranker"],
      "may-read": ["ranker"],
    });
  });

  it("a group's cache counts only where the entity's is on", () => {
    expect(featureDetails(catalog, group("core"), "ctr")?.storage).toMatchObject({
      "in-memory-cached": false,
      "distributed-cached": true,
    });
  });

  it("knows no feature that only an old version has", () => {
    expect(featureDetails(catalog, group("tags"), "tier")).toBeUndefined();
  });
});
