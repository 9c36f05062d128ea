import type { SeededRandom } from "@ofs/testkit";
import { nameOfCase, randomOf, type Surface, shareOf } from "./hostile-settings.ts";
import type { Target } from "./target.ts";

/** Share of the cases that come before memory is looked at for the first time. */
const WARM_UP = 0.3;

/** One try. @returns what it was, and what was wrong with what came of it (or nothing) */
export type Attempt = (
  random: SeededRandom,
  lane: number,
  index: number,
) => Promise<{ readonly kind: string; readonly fault: string | undefined }>;

export interface RunOptions {
  readonly surface: Surface;
  readonly target: Target;
  /** Cases under way at once. */
  readonly lanes: number;
  /** Part of the surface's share; default all of it. */
  readonly part?: { readonly fraction: number; readonly firstIndex: number };
}

/**
 * Runs a surface's share of cases, some at once, and stops at the first that goes wrong: its number and the seed
 * make it again.
 */
export async function runCases(
  { surface, target, lanes, part = { fraction: 1, firstIndex: 0 } }: RunOptions,
  attempt: Attempt,
): Promise<void> {
  const count = Math.ceil(shareOf(surface) * part.fraction);
  const warmUpCount = Math.floor(count * WARM_UP);
  await runLanes(0, warmUpCount);
  await target.markWarm();
  await runLanes(warmUpCount, count);

  async function runLanes(from: number, to: number): Promise<void> {
    let next = from;
    const lane = async (_: unknown, laneIndex: number): Promise<void> => {
      while (next < to) {
        const index = part.firstIndex + next++;
        await runOne(index, laneIndex);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  async function runOne(index: number, lane: number): Promise<void> {
    let what = "not made";
    try {
      const { kind, fault } = await attempt(randomOf(surface, index), lane, index);
      what = kind;
      if (fault !== undefined) throw new Error(fault);
      target.assertWell();
    } catch (error) {
      throw new Error(nameOfCase(surface, index, what), { cause: error });
    }
  }
}
