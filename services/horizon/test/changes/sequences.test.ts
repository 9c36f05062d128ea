import { encodePayload, type FeatureLayout, type FeatureValue, splitBlock } from "@ofs/codec";
import {
  type FeatureGroup,
  MemoryRegistrySource,
  parseSnapshot,
  type RegistryTree,
  type Snapshot,
} from "@ofs/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CHANGE_KINDS,
  type Change,
  type ChangeKind,
  isCarriedOut,
  parseChange,
  planChange,
} from "../../src/changes/index.ts";
import { type Command, commands, type KnownGroup } from "./support/commands.ts";
import { PROPERTY_TIMEOUT_MS, SEQUENCE_RUNS } from "./support/runs.ts";
import { readStrictly } from "./support/strict-reader.ts";
import { CONTEXT } from "./support/trees.ts";

const START = { "": "{}", "security/reader/test": '{"token":"test"}' };

/** What the groups must have, kept beside the registry: active labels and version, by entity and group. */
type Expected = Map<string, { version: number; labels: readonly string[] }>;

function signal(): AbortSignal {
  return new AbortController().signal;
}

function knownGroups(tree: RegistryTree, expected: Expected): KnownGroup[] {
  return [...expected].map(([name, { labels }]) => {
    const [entity = "", group = ""] = name.split("/");
    const path = `entities/${entity}/feature-groups/${group}/data-type`;
    const typeName = Buffer.from(tree.entries.get(path) ?? "").toString();
    return { entity, group, labels, typeName };
  });
}

/** @returns the change, if it fitted and was carried out */
async function attempt(
  source: MemoryRegistrySource,
  command: Command,
  expected: Expected,
): Promise<Change | undefined> {
  const tree = await source.loadForWrite(signal());
  const parsed = parseChange(command.kind, command.body(knownGroups(tree, expected)));
  if (!("change" in parsed)) throw new Error(JSON.stringify(parsed.problems));
  const planned = planChange(parsed.change, tree, CONTEXT);
  if (!("plan" in planned)) return undefined;
  const { writes, expectations } = planned.plan;
  expect(isCarriedOut(parsed.change, tree)).toBe(writes.length === 0);
  const places = writes.map(({ path }) => path.endsWith("/active-version"));
  expect(places.indexOf(true) === -1 || places.indexOf(true) === places.length - 1).toBe(true);
  expect(await source.writeIf(writes, expectations)).not.toHaveProperty("conflict");
  const after = await source.load(signal());
  expect(isCarriedOut(parsed.change, after)).toBe(true);
  return parsed.change;
}

function expectGroups(expected: Expected, change: Change): void {
  switch (change.kind) {
    case "feature-group": {
      const { features, "entity-label": entity, "fg-label": group } = change.payload;
      const labels = features.map((feature) => feature.labels);
      expected.set(`${entity}/${group}`, { version: 1, labels });
      return;
    }
    case "features-add":
    case "features-delete": {
      const { "entity-label": entity, "feature-group-label": group } = change.payload;
      const before = expected.get(`${entity}/${group}`) ?? { version: 0, labels: [] };
      const labels =
        change.kind === "features-add"
          ? [...before.labels, ...change.payload.features.map((feature) => feature.labels)]
          : before.labels.filter((label) => !change.payload["feature-labels"].includes(label));
      expected.set(`${entity}/${group}`, { version: before.version + 1, labels });
      return;
    }
    default:
  }
}

/** A group without features serves nothing; for the rest there is no fault at all. */
function checkSnapshot(snapshot: Snapshot, expected: Expected): void {
  const empty = [...expected].filter(([, { labels }]) => labels.length === 0).map(([name]) => name);
  const faults = snapshot.faults.filter(
    ({ path }) =>
      !empty.some((name) =>
        path.startsWith(`entities/${name.replace("/", "/feature-groups/")}/`),
      ) && !isEmptyVersion(path, snapshot),
  );
  expect(faults).toEqual([]);
  expect(snapshot.disabledEntities.size).toBe(0);
  for (const [name, { labels, version }] of expected) {
    const [entity = "", label = ""] = name.split("/");
    const group = snapshot.entities.get(entity)?.groups.get(label);
    if (labels.length === 0) {
      expect(group).toBeUndefined();
      continue;
    }
    expect(group?.active.labels).toEqual(labels);
    // Edits of lengths make versions that are not foreseen here.
    expect(group?.active.version).toBeGreaterThanOrEqual(version);
    if (group !== undefined) checkBlocks(group, snapshot);
  }
}

/** A version that a delete of all features has made, of a group that has others again. */
function isEmptyVersion(path: string, snapshot: Snapshot): boolean {
  const match = /^entities\/([^/]+)\/feature-groups\/([^/]+)\/features\/(\d+)\/labels$/.exec(path);
  const group = snapshot.entities.get(match?.[1] ?? "")?.groups.get(match?.[2] ?? "");
  return group !== undefined && group.active.version > Number(match?.[3]);
}

const HEADER_SIZE_BYTES = 9;

/** The largest block of every version fits the columns. */
function checkBlocks(group: FeatureGroup, snapshot: Snapshot): void {
  const store = snapshot.stores.get(group.storeId);
  for (const { layout } of group.versions.values()) {
    const payload = encodePayload(layout, largestValues(layout));
    const block = new Uint8Array(HEADER_SIZE_BYTES + payload.length);
    const pieces = splitBlock(block, group.columns.length, store?.maxColumnSizeBytes ?? 0);
    expect(pieces).toHaveLength(group.columns.length);
  }
}

function largestValues(layout: FeatureLayout): FeatureValue[] {
  const { dataType, vectorLengths, stringLengths } = layout;
  return vectorLengths.map((count, position) => {
    const element = largestElement(layout, stringLengths[position] ?? 0);
    return dataType.isVector
      ? (Array.from({ length: count }, () => element) as FeatureValue)
      : (element as FeatureValue);
  });
}

function largestElement({ dataType }: FeatureLayout, stringLength: number) {
  if (dataType.kind === "string") return Buffer.alloc(stringLength, "z").toString();
  if (dataType.kind === "bool") return true;
  return dataType.unitSizeBytes === 8 && dataType.kind !== "float" ? 1n : 1;
}

describe("sequences of changes", () => {
  it(
    "leave a tree that every reader reads, whatever was asked before",
    async () => {
      const carriedOut = new Map<ChangeKind, number>();
      await fc.assert(
        fc.asyncProperty(commands, async (list) => {
          const source = new MemoryRegistrySource(START);
          const expected: Expected = new Map();
          for (const command of list) {
            const change = await attempt(source, command, expected);
            if (change === undefined) continue;
            carriedOut.set(change.kind, (carriedOut.get(change.kind) ?? 0) + 1);
            expectGroups(expected, change);
            const tree = await source.load(signal());
            readStrictly(tree);
            checkSnapshot(parseSnapshot(tree.entries, tree.revision), expected);
          }
        }),
        { numRuns: SEQUENCE_RUNS },
      );
      // Otherwise nothing was tried.
      for (const kind of CHANGE_KINDS) {
        expect(carriedOut.get(kind), kind).toBeGreaterThan(SEQUENCE_RUNS / 5);
      }
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("refuse what was planned on an older tree", async () => {
    const source = new MemoryRegistrySource(START);
    const tree = await source.loadForWrite(signal());
    const body = { "job-type": "writer", "job-id": "a", token: "t" };
    const plans = ["a", "b"].map((id) => {
      const parsed = parseChange("job", { ...body, "job-id": id });
      if (!("change" in parsed)) throw new Error(id);
      const planned = planChange(parsed.change, tree, CONTEXT);
      if (!("plan" in planned)) throw new Error(id);
      return planned.plan;
    });
    const outcomes = [];
    for (const { writes, expectations } of plans)
      outcomes.push(await source.writeIf(writes, expectations));
    expect(outcomes[0]).toHaveProperty("revision");
    expect(outcomes[1]).toHaveProperty("conflict.kind", "no-author-since");
  });
});
