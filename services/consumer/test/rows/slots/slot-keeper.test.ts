import { createLogger } from "@ofs/platform";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Slot, slotName } from "../../../src/rows/slots/slot.ts";
import { SlotKeeper, type SlotUse } from "../../../src/rows/slots/slot-keeper.ts";
import { MemorySlotBoard, MemorySlots } from "./memory-slot-board.ts";

const { OFS_PROPERTY_RUNS = "20" } = process.env;
const log = createLogger({ service: "t", level: "DISABLED" });
/** Runs of the property at most, whatever is asked for. */
const RUNS_MAX = 1_000;
/** Long enough for every pause of a keeper, several times. */
const CALM_MS = 60_000;
const END_MS = 200;

/** Who uses which slots; two at a time would be a fault. */
class Uses {
  readonly users = new Map<string, string>();
  readonly faults: string[] = [];

  of(instance: string): SlotUse {
    return {
      begin: (slot) => {
        const name = slotName(slot);
        const other = this.users.get(name);
        if (other !== undefined) this.faults.push(`${instance} began ${name}, used by ${other}`);
        this.users.set(name, instance);
      },
      end: async (slot, timeMs) => {
        await new Promise((resolve) => setTimeout(resolve, Math.min(timeMs, END_MS)));
        if (this.users.get(slotName(slot)) === instance) this.users.delete(slotName(slot));
      },
    };
  }

  countOf(instance: string): number {
    return [...this.users.values()].filter((user) => user === instance).length;
  }
}

interface Process {
  readonly keeper: SlotKeeper;
  readonly board: MemorySlotBoard;
}

class World {
  readonly slots = new MemorySlots();
  readonly uses = new Uses();
  readonly processes = new Map<string, Process>();
  wanted: ReadonlyMap<string, number> = new Map();

  start(instance: string, capacity = 16): Process {
    const board = new MemorySlotBoard(this.slots, instance, capacity);
    const use = this.uses.of(instance);
    const monotonicNow = (): number => Date.now();
    const keeper = new SlotKeeper({ board, use, capacity, monotonicNow, log });
    keeper.want(this.wanted);
    keeper.start();
    this.processes.set(instance, { keeper, board });
    return { keeper, board };
  }

  want(wanted: Readonly<Record<string, number>>): void {
    this.wanted = new Map(Object.entries(wanted));
    for (const { keeper } of this.processes.values()) keeper.want(this.wanted);
  }

  async stop(instance: string): Promise<void> {
    const process = this.processes.get(instance);
    this.processes.delete(instance);
    const closed = process?.keeper.close(1_000);
    await vi.advanceTimersByTimeAsync(2_000);
    await closed;
  }

  counts(): number[] {
    return [...this.processes.keys()].map((name) => this.uses.countOf(name)).sort();
  }

  used(): string[] {
    return [...this.uses.users.keys()].sort();
  }
}

let world: World;

beforeEach(() => {
  vi.useFakeTimers();
  world = new World();
});

afterEach(async () => {
  for (const name of [...world.processes.keys()]) await world.stop(name);
  expect(world.uses.faults).toEqual([]);
  vi.useRealTimers();
});

const calm = (ms = CALM_MS) => vi.advanceTimersByTimeAsync(ms);

describe("slot keepers", () => {
  it("share what is wanted, also when one comes later", async () => {
    world.want({ a: 4, b: 1 });
    world.start("one");
    await calm(100);
    expect(world.counts()).toEqual([5]);
    world.start("two");
    await calm();
    expect(world.counts()).toEqual([2, 3]);
    expect(world.used()).toEqual(["a/0", "a/1", "a/2", "a/3", "b/0"]);
  });

  it("follow another number of members at once, each within its capacity", async () => {
    world.want({ a: 1 });
    world.start("one", 2);
    world.start("two", 2);
    await calm(100);
    expect(world.counts()).toEqual([0, 1]);
    world.want({ a: 2 });
    await calm(100);
    expect(world.counts()).toEqual([1, 1]);
    world.want({ a: 6 });
    await calm();
    expect(world.counts()).toEqual([2, 2]);
    expect([...world.processes.values()].map(({ keeper }) => keeper.missing.get("a"))).toEqual([
      2, 2,
    ]);
    world.want({ b: 1 });
    await calm();
    expect(world.used()).toEqual(["b/0"]);
  });

  it("take over from one that is gone, and leave others' slots alone meanwhile", async () => {
    world.want({ a: 2, b: 2 });
    world.start("one");
    world.start("two");
    await calm();
    const before = [...world.uses.users].filter(([, user]) => user === "one");
    await world.stop("two");
    expect(world.counts()).toEqual([4]);
    for (const [name, user] of before) expect(world.uses.users.get(name)).toBe(user);
  });

  it("end the use of slots whose lease is lost before others can begin it", async () => {
    world.want({ a: 3 });
    const one = world.start("one");
    await calm(100);
    world.start("two");
    one.board.lose();
    await calm(END_MS - 100);
    expect(world.uses.countOf("two")).toBe(0);
    await calm(END_MS);
    world.slots.expire("one");
    await calm(100);
    expect(world.uses.countOf("two")).toBe(3);
    one.board.hold();
    await calm();
    expect(world.counts()).toEqual([1, 2]);
  });

  it("have a slot though the answer to its claim got lost", async () => {
    world.want({ a: 1 });
    const { board } = world.start("one");
    board.lostAnswers = 1;
    await calm(5_000);
    expect(world.used()).toEqual(["a/0"]);
    expect(world.slots.ownerOf({ topic: "a", index: 0 } satisfies Slot)).toBe("one");
  });

  it("come to rest, whatever happened: all is used by one, about evenly", async () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant("start" as const), name: fc.constantFrom("p", "q", "r") }),
      fc.record({ kind: fc.constantFrom("stop", "lose"), name: fc.constantFrom("p", "q", "r") }),
      fc.record({
        kind: fc.constant("want" as const),
        wanted: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 4 })),
      }),
    );
    const step = fc.tuple(event, fc.constantFrom(0, 10, 300, 4_000));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        world = new World();
        world.start("always");
        for (const [happening, afterMs] of steps) {
          if (happening.kind === "want") world.want(happening.wanted);
          else await happen(happening.kind, happening.name);
          await calm(afterMs);
        }
        await calm();
        const total = [...world.wanted.values()].reduce((sum, count) => sum + count, 0);
        expect(world.uses.users.size).toBe(total);
        const counts = world.counts();
        expect((counts.at(-1) ?? 0) - (counts[0] ?? 0)).toBeLessThanOrEqual(1);
        for (const name of [...world.processes.keys()]) await world.stop(name);
        expect(world.uses.faults).toEqual([]);
      }),
      { numRuns: Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX) },
    );
  });
});

async function happen(kind: string, name: string): Promise<void> {
  const process = world.processes.get(name);
  if (kind === "start") {
    if (process === undefined) world.start(name);
  } else if (process !== undefined && kind === "stop") {
    await world.stop(name);
  } else if (process !== undefined) {
    process.board.lose();
    await calm(3_000);
    world.slots.expire(name);
    process.board.hold();
  }
}
