import type { FeatureLayout } from "@ofs/codec";
import { type Entity, loadTreeFile, parseSnapshot, type Snapshot } from "@ofs/registry";
import { beforeAll, describe, expect, it } from "vitest";
import type { EntityRow } from "../../src/rows.ts";
import { readSampleDataset, type SampleDataset } from "../../src/sample/dataset.ts";
import { createSample, SAMPLE_TREE_FILE, type SampleEntity } from "../../src/sample/sample-rows.ts";

/** The real files of the data set against the real tree file. */
describe("the sample", () => {
  let dataset: SampleDataset;
  let sample: readonly SampleEntity[];
  let snapshot: Snapshot;

  beforeAll(async () => {
    dataset = await readSampleDataset();
    sample = createSample(dataset);
    const changes = await loadTreeFile(SAMPLE_TREE_FILE);
    const entries = new Map(changes.map(({ path, value }) => [path, value as Uint8Array]));
    snapshot = parseSnapshot(entries, 1);
  });

  it("has a registry without faults", () => {
    expect(snapshot.faults).toEqual([]);
    expect([...snapshot.entities.keys()].toSorted()).toEqual(["airport", "movie", "route"]);
    expect(snapshot.readers.get("quickstart")).toMatchObject({ mayRead: true, mayWrite: true });
  });

  it("has all rows of the data set, each with a key of its own", () => {
    const counts = sample.map(({ label, rows }) => [label, rows.length]);
    expect(counts).toEqual([
      ["movie", 3200],
      ["route", 2977],
      ["airport", 3376],
    ]);
    for (const { rows } of sample) {
      const keys = new Set(rows.map(({ keys }) => JSON.stringify(keys)));
      expect(keys.size).toBe(rows.length);
    }
  });

  it("gives the registry's features and no others, in the lengths that it declares", () => {
    for (const { label, rows } of sample) {
      const entity = snapshot.entities.get(label) as Entity;
      const shapes = new Set(rows.map((row) => JSON.stringify(shapeOf(row))));
      expect([...shapes].map((shape) => JSON.parse(shape))).toEqual([registeredShape(entity)]);
      expect(rows.flatMap((row) => wrongLengths(row, entity))).toEqual([]);
    }
  });

  it("puts the keys of the documentation first, also in a part of the sample", () => {
    const part = createSample(dataset, 2);
    expect(part.map(({ rows }) => rows.map(({ keys }) => Object.values(keys).join(",")))).toEqual([
      ["the-dark-knight", "inception"],
      ["SEA,SFO", expect.any(String)],
      ["SEA", "SFO"],
    ]);
  });
});

function shapeOf({ keys, features }: EntityRow): object {
  const groups = Object.entries(features).map(([group, values]) => [group, Object.keys(values)]);
  return { keys: Object.keys(keys), groups: Object.fromEntries(groups.toSorted(byFirst)) };
}

function registeredShape(entity: Entity): object {
  const groups = [...entity.groups].map(([group, { active }]) => [group, active.labels]);
  return {
    keys: entity.keys.map(({ label }) => label),
    groups: Object.fromEntries(groups.toSorted(byFirst)),
  };
}

function byFirst([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}

/** Values that the registry's lengths have no room for. */
function wrongLengths({ features }: EntityRow, entity: Entity): unknown[] {
  return Object.entries(features).flatMap(([group, values]) => {
    const layout = entity.groups.get(group)?.active.layout as FeatureLayout;
    return Object.values(values).filter((value, position) => {
      if (value === undefined) return false;
      const elements = Array.isArray(value) ? value : [value];
      const limit = layout.stringLengths[position] as number;
      return (
        elements.length !== layout.vectorLengths[position] ||
        elements.some((text) => typeof text === "string" && Buffer.byteLength(text) > limit)
      );
    });
  });
}
