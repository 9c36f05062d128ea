import type { BlockRead, BlockWrite } from "@ofs/store";
import { entityTree, type RegistryEntries } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { MemoryBlockStore } from "../../../../packages/engine/test/fakes/memory-block-store.ts";
import { createHarness, query, snapshotOf } from "../../../../packages/engine/test/harness.ts";

const GROUP = "entities/user/feature-groups/scores";

/** Notes with which columns and stores it is asked, and lets calls wait before they get to it. */
class NotingStore extends MemoryBlockStore {
  readonly asked: string[] = [];

  override read(request: BlockRead) {
    this.#note("read", request);
    return super.read(request);
  }

  override write(request: BlockWrite) {
    this.#note("write", request);
    return super.write(request);
  }

  #note(what: string, { groups, store }: BlockRead | BlockWrite): void {
    const columns = groups.map((group) => `${group.label}(${group.columns.join(",")})`);
    this.asked.push(`${what} ${store.id} ${store.table}: ${columns.join(" ")}`);
  }
}

const definition = (confId: number, table: string): string =>
  JSON.stringify({
    "db-type": "scylla",
    "conf-id": confId,
    table,
    "max-column-size-in-bytes": 1024,
  });

const TREE: RegistryEntries = {
  "storage/stores/1": definition(1, "old_table"),
  "storage/stores/2": definition(2, "new_table"),
  ...entityTree("user", ["id"], {
    scores: { id: 0, type: "Int32", distributed: true, versions: [{ a: {} }] },
    tags: { id: 1, type: "Int32", versions: [{ b: {} }] },
  }),
};

/** What the registry says later: other columns, another store, another table. */
const LATER: RegistryEntries = {
  ...TREE,
  "storage/stores/1": definition(1, "moved_table"),
  [`${GROUP}/columns/seg_7/label`]: "seg_7",
  [`${GROUP}/store-id`]: "2",
  [`${GROUP}/distributed-cache-enabled`]: "false",
};

/** Both connections are noting stores. */
function create() {
  const [first, second] = [new NotingStore(), new NotingStore()];
  // The harness keeps connection 1 for its own store; both of ours go by the others.
  const tree = (entries: RegistryEntries): RegistryEntries =>
    Object.fromEntries(
      Object.entries(entries).map(([path, text]) => [
        path,
        path.startsWith("storage/") ? text.replace('"conf-id":1', '"conf-id":11') : text,
      ]),
    );
  const harness = createHarness(tree(TREE), {
    otherStores: new Map([
      [11, first],
      [2, second],
    ]),
  });
  return { harness, first, second, change: () => (harness.snapshot = snapshotOf(tree(LATER), 2)) };
}

const asked = query("user", ["id"], { scores: ["a"], tags: ["b"] }, ["k"]);

describe("a call that waits for the shared cache while the registry changes", () => {
  test("asks the store as the registry said when it began: columns, store and table", async () => {
    const { harness, first, second, change } = create();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const read = harness.distributed.read.bind(harness.distributed);
    harness.distributed.read = async (...args) => {
      await gate;
      return read(...args);
    };
    const answering = harness.retrieve(asked);
    change();
    open();
    expect((await answering).hex).toEqual([["00000000", "00000000"]]);
    expect(first.asked).toEqual(["read 1 old_table: scores(seg_0) tags(seg_1)"]);
    expect(second.asked).toEqual([]);
  });

  test("and the next call asks as it says now", async () => {
    const { harness, first, second, change } = create();
    await harness.retrieve(asked);
    change();
    await harness.retrieve(asked);
    expect(first.asked.at(-1)).toBe("read 1 moved_table: tags(seg_1)");
    expect(second.asked).toEqual(["read 2 new_table: scores(seg_0,seg_7)"]);
  });
});

describe("a write of many rows while the registry changes", () => {
  test("goes to one table, with the columns of one revision", async () => {
    const { harness, first, second, change } = create();
    let open: () => void = () => undefined;
    first.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const written = harness.persist({
      entityLabel: "user",
      keysSchema: ["id"],
      featureGroupSchema: [{ label: "scores", featureLabels: ["a"] }],
      data: Array.from({ length: 1_000 }, (_, index) => ({
        keyValues: [`k${index}`],
        featureValues: [{ values: { int32Values: [index] } }],
      })),
    });
    change();
    open();
    expect(await written).toBe("Data Persisted Successfully");
    expect(new Set(first.asked)).toEqual(new Set(["write 1 old_table: scores(seg_0)"]));
    expect(second.asked).toEqual([]);
    expect(first.size).toBe(1_000);
  });
});
