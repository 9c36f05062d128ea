import { describe, expect, it } from "vitest";
import {
  type Consumer,
  consumerCountEffects,
  moveAllEffects,
  moveEffects,
  partitionEffects,
} from "../../src/model/row-effects.ts";
import { rowGroup } from "./support/row-groups.ts";

const GAMES: Consumer = {
  tenant: "games",
  topic: "rows.games",
  partitionCount: 8,
  consumerCount: 2,
  topicPartitionCount: 8,
  topicFault: "",
};

describe("another number of consumers", () => {
  it.each([
    [2, /^Nothing changes\.$/],
    [4, /Each of them gets 2 partitions of 8/],
    [3, /Each of them gets 2 or 3 partitions of 8/],
    [1, /1 consumer in place of 2 reads rows\.games/],
    [9, /8 partitions: more consumers than that are refused/],
    [0, /Nobody reads rows\.games for games any more/],
  ])("of %i is told before", (next, text) => {
    expect(consumerCountEffects(GAMES, next).join("\n")).toMatch(text);
  });
});

describe("another number of partitions", () => {
  const all = [GAMES, { ...GAMES, tenant: "shop" }, { ...GAMES, tenant: "ads", topic: "rows.ads" }];
  it("names those who share the topic, and says that it is for ever", () => {
    const text = partitionEffects(GAMES, 16, all).join("\n");
    expect(text).toContain("grows from 8 to 16 partitions. That cannot be undone");
    expect(text).toContain("Other tenants share this topic: shop.");
    expect(text).not.toContain("ads");
    expect(text).toContain("2 consumers share 16 partitions");
  });

  it("says that topics do not shrink", () => {
    expect(partitionEffects(GAMES, 4, all)).toEqual([
      "Topics do not shrink: rows.games has 8 partitions.",
    ]);
    expect(partitionEffects(GAMES, 8, all)).toEqual(["Nothing changes."]);
  });

  it("speaks of one consumer as one", () => {
    const alone = { ...GAMES, consumerCount: 1 };
    expect(partitionEffects(alone, 16, [alone])).toContain("Its one consumer reads all 16.");
  });
});

describe("a move", () => {
  const group = rowGroup("stats");
  it("says of each role what becomes of data", () => {
    const next = { ...group.tenants, read: "games" };
    const text = moveEffects(group, next).join("\n");
    expect(text).toContain("What is stored on default-tenant alone is not found any more");
    expect(text).toContain("Tables and columns of all versions are made");
    expect(text).toContain("Rows are written to default-tenant and");
    expect(moveEffects(group, group.tenants)).toEqual(["Nothing changes."]);
  });

  it("makes no tables where only the topic is another", () => {
    const text = moveEffects(group, { ...group.tenants, consume: "games" }).join("\n");
    expect(text).toContain("Producers send rows to the topic of games");
    expect(text).not.toContain("Tables");
  });

  it("of all names the first few feature groups", () => {
    const groups = ["a", "b", "c", "d", "e", "f", "g"].map((name) => rowGroup(name));
    const move = { role: "read", from: "default-tenant", to: "games" } as const;
    const text = moveAllEffects(groups, move).join("\n");
    expect(text).toContain("7 feature groups: a, b, c, d, e and 2 others.");
    expect(text).toContain("if one cannot, those before it have moved");
    expect(moveAllEffects(groups, { ...move, from: "shop" })).toEqual([
      "No feature group is on shop in this role.",
    ]);
    expect(moveAllEffects(groups, { ...move, to: move.from })).toEqual(["Nothing changes."]);
  });
});
