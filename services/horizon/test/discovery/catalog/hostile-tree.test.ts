import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog, CatalogGroup } from "../../../src/discovery/catalog/model.ts";
import { foldApproved } from "../../../src/discovery/drift/approved-state.ts";
import { compareRegistry } from "../../../src/discovery/drift/compare-registry.ts";
import { compareRequests } from "../../../src/discovery/drift/compare-requests.ts";
import { tableNeeds } from "../../../src/discovery/drift/compare-tables.ts";
import * as shapes from "../../../src/discovery/http/shapes.ts";
import { onlineFeatures } from "../../../src/discovery/mapping/online-features.ts";
import { sourceMapping } from "../../../src/discovery/mapping/source-mapping.ts";
import {
  entityLabels,
  entityShapes,
  type GroupShape,
  groupShapes,
  storeShapes,
} from "../../../src/discovery/views/discovery-shapes.ts";
import { featureDetails } from "../../../src/discovery/views/feature-details.ts";
import { jobShapes } from "../../../src/discovery/views/jobs.ts";
import { search } from "../../../src/discovery/views/search.ts";
import { diffVersions, listVersions } from "../../../src/discovery/views/versions.ts";
import { catalogOf, EXAMPLE, exampleCatalog, toEntries } from "../support/example-tree.ts";

const { OFS_PROPERTY_RUNS = "200" } = process.env;
/** Each lists a whole tree: a millisecond. */
const RUNS_MAX = 20_000;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX);

const PATHS = Object.keys(EXAMPLE);
const PLACES = [
  ...new Set(
    PATHS.flatMap((path) => {
      const names = path.split("/");
      return names.map((_, index) => names.slice(0, index).join("/")).concat(path);
    }),
  ),
];
const NAMES = ["__proto__", "constructor", "toString", "a|b", "a|b|c|d", "CORE", "c-o-r-e", "9"];

const value = fc.oneof(
  fc.uint8Array({ maxLength: 32 }),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      "{}",
      "[]",
      "null",
      "-1",
      "1e999",
      "true",
      '""',
      "{",
      "65536",
      "99999999999999999",
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom(...Object.values(EXAMPLE)).map((text) => Buffer.from(text)),
);
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PLACES) },
  fc.tuple(fc.constantFrom(...PLACES), fc.constantFrom(...NAMES)).map((parts) => parts.join("/")),
  fc
    .array(fc.oneof(fc.constantFrom(...NAMES), fc.string()), { maxLength: 10 })
    .map((parts) => parts.join("/")),
);

function assertGroupShape(shape: GroupShape): void {
  shapes.group.parse(shape);
  for (const { labels: _, ...arrays } of Object.values(shape.features)) {
    expect(new Set(Object.values(arrays).map((each) => each.length)).size).toBe(1);
  }
}

function listGroup(catalog: Catalog, group: CatalogGroup): void {
  shapes.versions.parse(listVersions(catalog, group, { offset: 0, limit: 100 }));
  const versions = group.versionNames.flatMap((name) => group.version(name) ?? []);
  for (const from of versions) {
    for (const to of versions) shapes.versionDiff.parse(diffVersions(from, to));
    for (const { label } of from.features) featureDetails(catalog, group, label);
  }
}

/** Lists everything there is to list, and checks it against the schemas of the answers. */
function listEverything(catalog: Catalog): void {
  expect(entityLabels(catalog)).toHaveLength(catalog.entities.size);
  for (const shape of entityShapes(catalog)) shapes.entity.parse(shape);
  shapes.stores.parse(storeShapes(catalog));
  for (const kind of ["writer", "reader"] as const) {
    for (const job of jobShapes(catalog, kind, 0)) shapes.job.parse(job);
  }
  for (const entity of catalog.entities.values()) {
    for (const shape of groupShapes(catalog, entity)) assertGroupShape(shape);
    for (const group of entity.groups.values()) listGroup(catalog, group);
  }
  shapes.searchResult.parse(search(catalog, { text: "user c", kinds: undefined, limit: 10 }));
  shapes.sourceMapping.parse(sourceMapping(catalog, "user_job"));
  onlineFeatures(catalog, ["TABLE|db.t|c1"]);
  compareRegistry(catalog);
  compareRequests(foldApproved([]), catalog);
  tableNeeds(catalog);
}

describe("faulty trees", () => {
  it("the example itself is without faults", () => {
    const catalog = exampleCatalog();
    listEverything(catalog);
    expect(catalog.snapshot.faults).toEqual([]);
    expect(compareRegistry(catalog)).toEqual([]);
  });

  it("property: whatever stands anywhere, everything is listed without throwing", () => {
    const changes = fc.array(fc.tuple(path, value), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, (changed) => {
        const entries = toEntries(EXAMPLE);
        for (const [at, bytes] of changed) entries.set(at, bytes);
        const catalog = catalogOf(entries);
        listEverything(catalog);
        for (const label of catalog.snapshot.entities.keys()) {
          expect(catalog.entities.has(label)).toBe(true);
        }
        for (const id of catalog.snapshot.stores.keys()) expect(catalog.stores.has(id)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it("property: what the data plane serves is listed as it serves it", () => {
    const changes = fc.array(fc.tuple(path, value), { maxLength: 3 });
    fc.assert(
      fc.property(changes, (changed) => {
        const entries = toEntries(EXAMPLE);
        for (const [at, bytes] of changed) entries.set(at, bytes);
        const catalog = catalogOf(entries);
        for (const [label, entity] of catalog.snapshot.entities) {
          for (const [groupLabel, served] of entity.groups) {
            const group = catalog.entities.get(label)?.groups.get(groupLabel);
            const active = group?.version(String(served.active.version));
            expect(group?.dataType).toBe(served.dataType);
            const withMeta = active?.features.filter(({ label: name }) =>
              served.active.labels.includes(name),
            );
            expect(withMeta?.map((feature) => feature.label)).toEqual(served.active.labels);
            expect(withMeta?.map((feature) => Buffer.from(feature.defaultBytes ?? []))).toEqual(
              served.active.defaults.map((bytes) => Buffer.from(bytes)),
            );
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("property: a tree of random JSON is listed", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        listEverything(catalogOf(new Map([["", Buffer.from(json)]])));
      }),
      { numRuns: RUNS },
    );
  });

  it("names of Object.prototype are names like any other", () => {
    const catalog = exampleCatalog({
      "storage/stores/__proto__": '{"db-type":"embedded"}',
      "entities/constructor/label": "constructor",
      "entities/user/keys/__proto__/sequence": "1",
    });
    listEverything(catalog);
    expect(entityLabels(catalog)).toContain("constructor");
    expect(Object.keys(storeShapes(catalog))).toContain("__proto__");
    expect("db-type" in {}).toBe(false);
  });

  it("huge lengths do not fill the memory", () => {
    const metas: Record<string, unknown> = {};
    const labels = Array.from({ length: 3_000 }, (_, index) => `f${index}`);
    for (const [sequence, label] of labels.entries()) {
      metas[label] = { sequence, "vector-length": 65_535, "string-length": 65_535 };
    }
    const root = "entities/user/feature-groups/core";
    const catalog = exampleCatalog({
      [`${root}/data-type`]: "DataTypeFP64Vector",
      [`${root}/features/1/labels`]: labels.join(","),
      [`${root}/features/1/default-values`]: undefined,
      [`${root}/features/1/feature-meta`]: JSON.stringify(metas),
    });
    const group = catalog.entities.get("user")?.groups.get("core");
    const version = group?.version("1");
    expect(version?.features).toHaveLength(3_000);
    expect(version?.faults[0]?.reason).toMatch(/elements are more than/);
  });
});
