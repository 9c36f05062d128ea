import {
  applyChanges,
  type ConfigNode,
  createTree,
  type Entity,
  type FeatureGroup,
  parseSnapshot,
  type Snapshot,
  SnapshotParser,
} from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { exampleWithout, faultAt, type TextEntries, toEntries } from "../support/entries.ts";
import { largeTree } from "../support/large-tree.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const GROUPS = "entities/user/feature-groups";
const ITEM: TextEntries = {
  "entities/item/label": "item",
  "entities/item/keys": '{"0":{"sequence":0,"entity-label":"id","column-label":"id"}}',
};

/** Parses one tree after the other, as a running process does. */
class Sequence {
  readonly #parser: SnapshotParser;
  #root: ConfigNode;
  #snapshot: Snapshot;

  constructor(entries: TextEntries, keepsLastGood = true) {
    this.#parser = new SnapshotParser({ keepsLastGood });
    this.#root = createTree(toEntries(entries));
    this.#snapshot = this.#parser.parse(this.#root, 1);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  change(texts: TextEntries): Snapshot {
    const changes = Object.entries(texts).map(([path, text]) => ({
      path,
      value: text === undefined ? undefined : Buffer.from(text),
    }));
    this.#root = applyChanges(this.#root, changes);
    this.#snapshot = this.#parser.parse(this.#root, this.#snapshot.revision + 1);
    return this.#snapshot;
  }

  entity(label = "user"): Entity {
    const entity = this.#snapshot.entities.get(label);
    if (entity === undefined) throw new Error(`entity ${label} is not served`);
    return entity;
  }

  group(label: string): FeatureGroup {
    const group = this.entity().groups.get(label);
    if (group === undefined) throw new Error(`group ${label} is not served`);
    return group;
  }
}

describe("what did not change keeps its identity", () => {
  it("a change of one group leaves the other groups and entities as they are", () => {
    const tree = new Sequence({ ...WORKED_EXAMPLE, ...ITEM });
    const { snapshot: before } = tree;
    const item = tree.entity("item");
    const tags = tree.group("tags");
    const version1 = tree.group("scores").versions.get(1);
    tree.change({ [`${GROUPS}/scores/ttl-in-seconds`]: "60" });
    expect(tree.group("scores").ttlSeconds).toBe(60);
    expect(tree.group("scores").versions.get(1)).toBe(version1);
    expect(tree.group("tags")).toBe(tags);
    expect(tree.entity("item")).toBe(item);
    expect(tree.snapshot.stores.get("1")).toBe(before.stores.get("1"));
    expect(tree.snapshot.readers.get("ranker")).toBe(before.readers.get("ranker"));
    expect(before.entities.get("user")?.groups.get("scores")?.ttlSeconds).toBe(86_400);
  });

  it("an equal value changes nothing at all", () => {
    const root = createTree(toEntries(WORKED_EXAMPLE));
    const same = Object.entries(WORKED_EXAMPLE).map(([path, text]) => ({
      path,
      value: Buffer.from(text),
    }));
    expect(applyChanges(root, same)).toBe(root);
  });

  it("a new store leaves entities as they are", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    const user = tree.entity();
    tree.change({ "storage/stores/2": '{"db-type":"embedded"}' });
    expect(tree.entity()).toBe(user);
    expect(tree.snapshot.stores.size).toBe(2);
  });

  it("entities in one JSON value keep theirs while that value does", () => {
    const user =
      '{"label":"user","keys":{"0":{"sequence":0,"entity-label":"id","column-label":"id"}}}';
    const tree = new Sequence({ entities: `{"user":${user}}` });
    const before = tree.entity();
    tree.change({ "p2p-enabled-percentage": "5" });
    expect(tree.snapshot.peerCachePercentage).toBe(5);
    expect(tree.entity()).toBe(before);
  });

  it("a switch of the entity's cache reaches all its groups", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    tree.change({ "entities/user/in-memory-cache/enabled": "false" });
    expect(tree.group("scores").isProcessCached).toBe(false);
    tree.change({ "entities/user/in-memory-cache/enabled": "true" });
    expect(tree.group("scores").isProcessCached).toBe(true);
  });

  it("any order of changes ends in the snapshot of the whole tree", () => {
    const paths = Object.entries(WORKED_EXAMPLE);
    for (let shift = 0; shift < paths.length; shift += 5) {
      const tree = new Sequence({}, false);
      for (const [path, text] of [...paths.slice(shift), ...paths.slice(0, shift)]) {
        tree.change({ [path]: text });
      }
      const expected = parseSnapshot(toEntries(WORKED_EXAMPLE), tree.snapshot.revision);
      expect(tree.snapshot).toEqual(expected);
    }
  });

  it("deleting everything ends in an empty snapshot", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    for (const path of Object.keys(WORKED_EXAMPLE)) tree.change({ [path]: undefined });
    expect(tree.snapshot).toEqual(parseSnapshot(new Map(), tree.snapshot.revision));
  });
});

describe("do better 6: the last good form of a faulty node serves on", () => {
  it("of a group, until it is repaired", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    const scores = tree.group("scores");
    tree.change({ [`${GROUPS}/scores/data-type`]: "DataTypeFP31" });
    expect(tree.group("scores")).toBe(scores);
    expect(tree.entity().disabledGroups.size).toBe(0);
    expect(faultAt(tree.snapshot, `${GROUPS}/scores/data-type`)).toEqual({
      path: `${GROUPS}/scores/data-type`,
      reason: '"DataTypeFP31" is not a data type; its last good form stays in use',
      disables: "nothing",
    });
    tree.change({ [`${GROUPS}/scores/data-type`]: "DataTypeInt32" });
    expect(tree.group("scores").dataType.name).toBe("DataTypeInt32");
    expect(tree.snapshot.faults).toEqual([]);
  });

  it("do better 42: what changed during the fault is applied by the repair", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    tree.change({ "entities/user/keys/0/sequence": "x" });
    tree.change({ [`${GROUPS}/scores/ttl-in-seconds`]: "1" });
    tree.change({ "security/reader/late": '{"token":"t"}' });
    expect(tree.snapshot.readers.has("late")).toBe(true);
    expect(tree.group("scores").ttlSeconds).toBe(86_400);
    tree.change({ "entities/user/keys/0/sequence": "0" });
    expect(tree.group("scores").ttlSeconds).toBe(1);
    expect(tree.snapshot.faults).toEqual([]);
  });

  it("of a version that is edited in place", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    const { active } = tree.group("scores");
    tree.change({
      [`${GROUPS}/scores/features/1/feature-meta`]: "{",
      [`${GROUPS}/scores/ttl-in-seconds`]: "7",
    });
    expect(tree.group("scores").active).toBe(active);
    expect(tree.group("scores").ttlSeconds).toBe(7);
  });

  it("but not of a version whose group has another type now", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    tree.change({
      [`${GROUPS}/tags/features/1/feature-meta`]: "{",
      [`${GROUPS}/tags/data-type`]: "DataTypeStringVector",
    });
    expect(tree.group("tags").versions.has(1)).toBe(false);
  });

  it("of a store, and so of the groups in it", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    const user = tree.entity();
    tree.change({ "storage/stores/1": "{" });
    expect(tree.snapshot.stores.get("1")?.table).toBe("user_features");
    expect(tree.entity()).toBe(user);
    expect(faultAt(tree.snapshot, "storage/stores/1").disables).toBe("nothing");
  });

  it("of entities that a damaged value no longer names", () => {
    const json =
      '{"user":{"label":"user","keys":{"0":{"sequence":0,"entity-label":"id","column-label":"id"}}}}';
    const tree = new Sequence({ entities: json });
    tree.change({ entities: json.slice(1), ...ITEM });
    expect([...tree.snapshot.entities.keys()]).toEqual(["item", "user"]);
    expect(faultAt(tree.snapshot, "entities").reason).toContain("only its sub-keys count");
    tree.change({ entities: undefined });
    expect([...tree.snapshot.entities.keys()]).toEqual(["item"]);
  });

  it("never of a reader", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    tree.change({ "security/reader/ranker": "{" });
    expect(tree.snapshot.readers.size).toBe(0);
    expect(faultAt(tree.snapshot, "security/reader/ranker").disables).toBe("reader");
  });

  it("not of what is removed", () => {
    const tree = new Sequence(WORKED_EXAMPLE);
    tree.change({ "storage/stores/1": undefined });
    expect(tree.entity().groups.size).toBe(0);
    expect(tree.entity().disabledGroups.get("scores")).toContain(
      'store "1" is not in the registry',
    );
    const removed = Object.keys(WORKED_EXAMPLE).filter((path) => path.startsWith("entities/"));
    tree.change(Object.fromEntries(removed.map((path) => [path, undefined])));
    expect(tree.snapshot.entities.size + tree.snapshot.disabledEntities.size).toBe(0);
  });

  it("not where the parser is told so", () => {
    const tree = new Sequence(WORKED_EXAMPLE, false);
    tree.change({ [`${GROUPS}/scores/data-type`]: "DataTypeFP31" });
    expect(tree.entity().disabledGroups.has("scores")).toBe(true);
    expect([...tree.entity().groups.keys()]).toEqual(["tags"]);
  });

  it("a group that was faulty from the start is disabled, and served after the repair", () => {
    const tree = new Sequence({ ...WORKED_EXAMPLE, [`${GROUPS}/scores/id`]: "x" });
    expect(tree.entity().disabledGroups.has("scores")).toBe(true);
    tree.change({ [`${GROUPS}/scores/id`]: "0" });
    expect(tree.snapshot).toEqual(parseSnapshot(toEntries(WORKED_EXAMPLE), 2));
  });

  it("a name that no longer collides is read", () => {
    const tree = new Sequence({ ...WORKED_EXAMPLE, "entities/u-ser/label": "u-ser" });
    expect(tree.snapshot.disabledEntities.get("user")).toContain('same name as "u-ser"');
    tree.change({ "entities/u-ser/label": undefined });
    expect(tree.snapshot).toEqual(parseSnapshot(toEntries(WORKED_EXAMPLE), 2));
  });
});

describe("cost", () => {
  it("10 000 feature groups (times are printed, not checked)", { timeout: 120_000 }, () => {
    const entries = toEntries(largeTree(1_000, 10));
    const parser = new SnapshotParser({ keepsLastGood: true });
    const marks = [cpuMs()];
    const root = createTree(entries);
    marks.push(cpuMs());
    const before = parser.parse(root, 1);
    marks.push(cpuMs());
    const path = "entities/e0/feature-groups/g7/ttl-in-seconds";
    const changed = applyChanges(root, [{ path, value: Buffer.from("9") }]);
    const after = parser.parse(changed, 2);
    marks.push(cpuMs());
    const [tree, parse, change] = marks.slice(1).map((mark, index) => mark - (marks[index] ?? 0));
    process.stdout.write(
      `10 000 groups, CPU: tree ${tree} ms, parse ${parse} ms, one change ${change} ms\n`,
    );
    expect(before.faults).toEqual([]);
    const groups = after.entities.get("e0")?.groups;
    expect(groups?.get("g7")?.ttlSeconds).toBe(9);
    expect(groups?.get("g8")).toBe(before.entities.get("e0")?.groups.get("g8"));
    expect(after.entities.get("e1")).toBe(before.entities.get("e1"));
  });
});

function cpuMs(): number {
  return Math.round(process.cpuUsage().user / 1_000);
}

describe("an entity without feature groups", () => {
  it("is served", () => {
    const snapshot = parseSnapshot(toEntries(exampleWithout(GROUPS)), 1);
    expect(snapshot.faults).toEqual([]);
    expect(snapshot.entities.get("user")?.groups.size).toBe(0);
  });
});
