import { describe, expect, it } from "vitest";
import { planSlots, type SlotSituation } from "../../../src/rows/slots/plan-slots.ts";
import type { Slot } from "../../../src/rows/slots/slot.ts";

type Owners = Readonly<Record<string, readonly (string | undefined)[]>>;

interface Given {
  readonly wanted: Readonly<Record<string, number>>;
  /** By topic: who has which index. What `me` has is held. */
  readonly owners?: Owners;
  readonly capacities?: Readonly<Record<string, number>>;
  readonly leavingCount?: number;
  /** The last of those are given back, which the table does not show yet. */
  readonly givenBackCount?: number;
  readonly isSettled?: boolean;
  readonly isOverdue?: boolean;
}

function plan(given: Given) {
  const { wanted, owners = {}, capacities = {}, isSettled = true, isOverdue = false } = given;
  const held: Slot[] = [];
  const table = new Map<string, Map<number, string>>();
  for (const [topic, names] of Object.entries(owners)) {
    const ofTopic = new Map<number, string>();
    for (const [index, owner] of names.entries()) {
      if (owner === undefined) continue;
      ofTopic.set(index, owner);
      if (owner === "me") held.push({ topic, index });
    }
    table.set(topic, ofTopic);
  }
  held.splice(held.length - (given.givenBackCount ?? 0));
  const all = new Map(Object.entries({ me: 4, ...capacities }));
  const situation: SlotSituation = {
    instance: "me",
    capacity: all.get("me") ?? 0,
    wanted: new Map(Object.entries(wanted)),
    table: { owners: table, capacities: all },
    held,
    leavingCount: given.leavingCount ?? 0,
    isSettled,
    isOverdue: () => isOverdue,
  };
  const step = planSlots(situation);
  return step && `${step.kind} ${step.slot.topic}/${step.slot.index}`;
}

describe("planSlots", () => {
  it.each<[string, Given, string | undefined]>([
    ["nothing is wanted", { wanted: {} }, undefined],
    ["a topic is nobody's", { wanted: { a: 1 } }, "take a/0"],
    ["a topic is read by another", { wanted: { a: 1 }, owners: { a: ["you"] } }, undefined],
    [
      "an index in between is free",
      { wanted: { a: 3 }, owners: { a: ["x", undefined, "y"] } },
      "take a/1",
    ],
    [
      "more of one topic's slots are free, but less of its share",
      { wanted: { a: 4, b: 1 }, owners: { a: ["x"] } },
      "take b/0",
    ],
    [
      "topics miss as much: the one that is not read here",
      { wanted: { a: 2, b: 2 }, owners: { a: ["me"], b: ["x"] } },
      "take b/1",
    ],
    [
      "this process has all that it takes",
      { wanted: { a: 3 }, owners: { a: ["me", "me"] }, capacities: { me: 2 } },
      undefined,
    ],
    [
      "what it gives back still takes room",
      { wanted: { a: 3 }, owners: { a: ["me"] }, capacities: { me: 2 }, leavingCount: 1 },
      undefined,
    ],
    [
      "a topic is not wanted any more",
      { wanted: { b: 1 }, owners: { a: ["me"], b: ["me"] } },
      "give a/0",
    ],
    ["fewer members are wanted", { wanted: { a: 1 }, owners: { a: ["x", "me"] } }, "give a/1"],
    [
      "another has fewer and takes the free one",
      { wanted: { a: 2 }, owners: { a: ["me"] }, capacities: { you: 4 } },
      undefined,
    ],
    [
      "another has fewer and does not take it",
      { wanted: { a: 2 }, owners: { a: ["me"] }, capacities: { you: 4 }, isOverdue: true },
      "take a/1",
    ],
    [
      "another has fewer and is full",
      { wanted: { a: 3 }, owners: { a: ["me", "you"] }, capacities: { you: 1 } },
      "take a/2",
    ],
    [
      "another has two fewer",
      { wanted: { a: 1, b: 2 }, owners: { a: ["me"], b: ["me", "me"] }, capacities: { you: 4 } },
      "shed b/1",
    ],
    [
      "another has two fewer, but this one has just claimed one",
      { wanted: { a: 2 }, owners: { a: ["me", "me"] }, capacities: { you: 4 }, isSettled: false },
      undefined,
    ],
    [
      "another has two fewer, as long as the table does not show what was given back",
      {
        wanted: { a: 3 },
        owners: { a: ["me", "me", "me"] },
        capacities: { you: 4 },
        givenBackCount: 1,
      },
      undefined,
    ],
    [
      "another has one fewer",
      { wanted: { a: 3 }, owners: { a: ["me", "me", "you"] }, capacities: { you: 4 } },
      undefined,
    ],
    [
      "a dead instance's slot is there until its lease ends",
      { wanted: { a: 1 }, owners: { a: ["gone"] } },
      undefined,
    ],
  ])("%s", (_, given, expected) => {
    expect(plan(given)).toBe(expected);
  });
});
