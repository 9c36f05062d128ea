import type { Snapshot } from "@ofs/registry";
import { LRUCache } from "lru-cache";
import type { WriteTarget } from "./prepared.ts";
import {
  type PersistHead,
  type RowShape,
  resolveDeleteShape,
  resolveShape,
  type ShapeSources,
  type WriteShape,
} from "./write-shape.ts";

/** Heads whose key is longer are resolved each time: their keys alone would fill the cache. */
const MAX_KEY_LENGTH = 16_384;

/** Write shapes and their targets, of one snapshot. Writers repeat a shape for hours. */
export class ShapeCache {
  readonly #shapes: LRUCache<string, WriteShape>;
  readonly #deleteShapes: LRUCache<string, RowShape>;
  /** Shared by shapes that name one set of groups in other orders or with other labels. */
  readonly #targets: LRUCache<string, WriteTarget>;
  readonly #storeFor: ShapeSources["storeFor"];
  #snapshot: Snapshot | undefined;

  /** @param max shapes of writes, of deletes, and targets, that are kept */
  constructor(max: number, storeFor: ShapeSources["storeFor"]) {
    this.#shapes = new LRUCache({ max });
    this.#deleteShapes = new LRUCache({ max });
    this.#targets = new LRUCache({ max });
    this.#storeFor = storeFor;
  }

  /** @throws {UnwritableError} naming the field and value */
  shapeFor(snapshot: Snapshot, head: PersistHead): WriteShape {
    return this.#resolve(snapshot, head, this.#shapes, resolveShape);
  }

  /** Of a delete. @throws {UnwritableError} naming the field and value */
  deleteShapeFor(snapshot: Snapshot, head: PersistHead): RowShape {
    return this.#resolve(snapshot, head, this.#deleteShapes, resolveDeleteShape);
  }

  #resolve<S extends RowShape>(
    snapshot: Snapshot,
    head: PersistHead,
    shapes: LRUCache<string, S>,
    resolve: (head: PersistHead, sources: ShapeSources) => S,
  ): S {
    if (snapshot !== this.#snapshot) {
      this.#shapes.clear();
      this.#deleteShapes.clear();
      this.#targets.clear();
      this.#snapshot = snapshot;
    }
    const key = keyOf(head);
    const known = shapes.get(key);
    if (known !== undefined) return known;
    const shape = resolve(head, {
      snapshot,
      storeFor: this.#storeFor,
      targetFor: (name, create) => this.#targetFor(name, create),
    });
    if (key.length <= MAX_KEY_LENGTH) shapes.set(key, shape);
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
