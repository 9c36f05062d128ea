import type { Snapshot } from "@ofs/registry";
import { LRUCache } from "lru-cache";
import type { WriteTarget } from "./prepared.ts";
import type { PersistHead, ShapeSources, WriteShape } from "./write-shape.ts";
import { resolveShape } from "./write-shape.ts";

/** Heads whose key is longer are resolved each time: their keys alone would fill the cache. */
const MAX_KEY_LENGTH = 16_384;

/** Write shapes and their targets, of one snapshot. Writers repeat a shape for hours. */
export class ShapeCache {
  readonly #shapes: LRUCache<string, WriteShape>;
  /** Shared by shapes that name one set of groups in other orders or with other labels. */
  readonly #targets: LRUCache<string, WriteTarget>;
  readonly #storeFor: ShapeSources["storeFor"];
  #snapshot: Snapshot | undefined;

  /** @param max shapes, and targets, that are kept */
  constructor(max: number, storeFor: ShapeSources["storeFor"]) {
    this.#shapes = new LRUCache({ max });
    this.#targets = new LRUCache({ max });
    this.#storeFor = storeFor;
  }

  /** @throws {UnwritableError} naming the field and value */
  shapeFor(snapshot: Snapshot, head: PersistHead): WriteShape {
    if (snapshot !== this.#snapshot) {
      this.#shapes.clear();
      this.#targets.clear();
      this.#snapshot = snapshot;
    }
    const key = keyOf(head);
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const shape = resolveShape(head, {
      snapshot,
      storeFor: this.#storeFor,
      targetFor: (name, create) => this.#targetFor(name, create),
    });
    if (key.length <= MAX_KEY_LENGTH) this.#shapes.set(key, shape);
    return shape;
  }

  #targetFor(name: string, create: () => WriteTarget): WriteTarget {
    const known = this.#targets.get(name);
    if (known !== undefined) return known;
    const target = create();
    this.#targets.set(name, target);
    return target;
  }
}

/** Equal texts mean equal heads. */
function keyOf({ entityLabel, keysSchema, featureGroups }: PersistHead): string {
  return JSON.stringify([
    entityLabel,
    keysSchema,
    featureGroups.map(({ label, featureLabels }) => [label, featureLabels]),
  ]);
}
