import type { Trait } from "./cases.ts";
import type { EntityModel } from "./entity-model.ts";
import type { Random } from "./random.ts";

const NO_TRAITS: ReadonlySet<Trait> = new Set();

interface PooledKey {
  readonly values: readonly string[];
  traits: ReadonlySet<Trait>;
}

/** Key values of an entity, in the order of its keys, and how they were written. */
export interface PickedKey {
  readonly values: readonly string[];
  readonly traits: ReadonlySet<Trait>;
}

/**
 * The keys that requests are about. Their names hang on the seed only, so that a run may read what an
 * earlier run with the same seed wrote.
 */
export class KeyPool {
  readonly #prefix: string;
  readonly #written = new Map<string, PooledKey[]>();
  readonly #excluded = new Set<string>();

  /** @param keysPerEntity written at the start of a run with `--write` */
  constructor(seed: number, entities: readonly EntityModel[], keysPerEntity: number) {
    this.#prefix = `diff-${seed}`;
    for (const entity of entities) {
      const keys = Array.from({ length: keysPerEntity }, (_, index) => ({
        values: this.#valuesOf(entity, `k${index}`),
        traits: NO_TRAITS,
      }));
      this.#written.set(entity.label, keys);
    }
  }

  all(entity: EntityModel): readonly (readonly string[])[] {
    return this.#keysOf(entity).map(({ values }) => values);
  }

  /** A key that should hold something. */
  known(entity: EntityModel, random: Random): PickedKey {
    const keys = this.#keysOf(entity).filter(
      (key) => !this.#excluded.has(nameOf(entity, key.values)),
    );
    return keys.length === 0 ? this.absent(entity, random) : random.pick(keys);
  }

  /** A key that was never written. */
  absent(entity: EntityModel, random: Random): PickedKey {
    const name = `absent${random.integer(0, 999_999)}`;
    return { values: this.#valuesOf(entity, name), traits: NO_TRAITS };
  }

  /** A key for a write: a new one, or one that is there. */
  forWrite(entity: EntityModel, random: Random): readonly string[] {
    if (random.chance(0.5)) return this.known(entity, random).values;
    return this.#valuesOf(entity, `new${random.integer(0, 999_999)}`);
  }

  /** Both servers took a write of it. */
  wrote(entity: EntityModel, values: readonly string[], traits: ReadonlySet<Trait>): void {
    const keys = this.#keysOf(entity);
    const name = nameOf(entity, values);
    const known = keys.find((key) => nameOf(entity, key.values) === name);
    if (known === undefined) keys.push({ values, traits });
    else known.traits = new Set([...known.traits, ...traits, "rewritten"]);
  }

  /** Only one server took a write of it: what they hold differs from here on, and is not asked for. */
  exclude(entity: EntityModel, values: readonly string[]): void {
    this.#excluded.add(nameOf(entity, values));
  }

  #keysOf(entity: EntityModel): PooledKey[] {
    const keys = this.#written.get(entity.label) ?? [];
    this.#written.set(entity.label, keys);
    return keys;
  }

  #valuesOf({ keyLabels }: EntityModel, name: string): readonly string[] {
    return keyLabels.map((_, index) => `${this.#prefix}-${name}${index === 0 ? "" : `-${index}`}`);
  }
}

function nameOf(entity: EntityModel, values: readonly string[]): string {
  return JSON.stringify([entity.label, ...values]);
}
