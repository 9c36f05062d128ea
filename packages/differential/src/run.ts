import { type Case, encodeCase, type PersistCase, pathOf, type RetrieveCase } from "./cases.ts";
import { compareAnswers } from "./compare.ts";
import type { EntityModel } from "./entity-model.ts";
import type { Explainer, Verdict } from "./explanations.ts";
import { KeyPool } from "./key-pool.ts";
import { fullWrite, persistCase } from "./persist-cases.ts";
import { Random } from "./random.ts";
import { callCase, retrieveCase } from "./retrieve-cases.ts";
import { shrinkCase } from "./shrink.ts";
import { kindOf, Tally } from "./tally.ts";
import { type Answer, OK, type Target } from "./target.ts";

/** Keys that a run with writes fills first, an entity. */
export const KEYS_PER_ENTITY = 200;
const ROWS_PER_WRITE = 20;

export interface RunOptions {
  readonly left: Target;
  readonly right: Target;
  readonly entities: readonly EntityModel[];
  readonly explainer: Explainer;
  readonly requestCount: number;
  readonly seed: number;
  /** Whether rows are written: at the start, and one request in ten. */
  readonly writes: boolean;
  readonly keysPerEntity?: number;
}

interface Compared extends Verdict {
  readonly left: Answer;
  readonly right: Answer;
}

/** Asks both servers the same random requests, one after the other, and compares what they answer. */
export async function runDifferential(options: RunOptions): Promise<Tally> {
  const run = new Run(options);
  if (options.writes) await run.fill();
  for (let index = 0; index < options.requestCount; index += 1) await run.next();
  return run.tally;
}

class Run {
  readonly tally = new Tally();
  readonly #options: RunOptions;
  readonly #random: Random;
  readonly #pool: KeyPool;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    const { seed, entities, keysPerEntity = KEYS_PER_ENTITY } = options;
    this.#pool = new KeyPool(seed, entities, keysPerEntity);
  }

  /** Writes the first rows, the same to both. */
  async fill(): Promise<void> {
    for (const entity of this.#options.entities) {
      const keys = this.#pool.all(entity);
      for (let start = 0; start < keys.length; start += ROWS_PER_WRITE) {
        const rows = keys.slice(start, start + ROWS_PER_WRITE);
        await this.#try(fullWrite(entity, rows, this.#random));
      }
    }
  }

  async next(): Promise<void> {
    const { entities, writes } = this.#options;
    const random = this.#random;
    const each =
      writes && random.chance(0.1)
        ? persistCase(entities, this.#pool, random)
        : retrieveCase(entities, this.#pool, random);
    await this.#try(random.chance(0.02) ? callCase(each, random) : each);
  }

  async #try(each: Case): Promise<void> {
    const compared = await this.#compare(each);
    if (each.kind === "persist") this.#note(each, compared);
    if (!this.tally.add(each, compared)) return;
    const kind = kindOf(each, compared.unexplained);
    const smallest = await shrinkCase(each, (smaller) => this.#shows(smaller, compared));
    const { left, right, unexplained } =
      smallest === each ? compared : await this.#compare(smallest);
    this.tally.keep({ each: smallest, left, right, differences: unexplained }, kind);
  }

  async #compare(each: Case): Promise<Compared> {
    const { left, right, explainer } = this.#options;
    const [path, bytes] = [pathOf(each), encodeCase(each)];
    const [l, r] = await Promise.all([
      left.call(path, bytes, each.headers),
      right.call(path, bytes, each.headers),
    ]);
    const verdict = explainer.judge(each, l, r, compareAnswers(each, l, r));
    return { ...verdict, left: l, right: r };
  }

  async #shows(smaller: RetrieveCase, { unexplained }: Compared): Promise<boolean> {
    const now = await this.#compare(smaller);
    return now.unexplained.some(({ aspect }) => aspect === unexplained[0]?.aspect);
  }

  /** Keeps account of what both servers hold. */
  #note({ entity, query, traits }: PersistCase, { left, right }: Compared): void {
    if (entity === undefined) return;
    for (const { keyValues } of query.data ?? []) {
      if (keyValues === undefined || keyValues === null) continue;
      if (left.code !== right.code || left.code !== OK) {
        if (left.code === OK || right.code === OK) this.#pool.exclude(entity, keyValues);
      } else {
        this.#pool.wrote(entity, keyValues, traits);
      }
    }
  }
}
