import fc from "fast-check";
import { expect, test } from "vitest";
import { type Sharer, sharePartitions } from "../../src/embedded-log/assignment.ts";

const TOPICS = ["a", "b", "c"];

const topics = fc
  .tuple(...TOPICS.map(() => fc.integer({ min: 1, max: 9 })))
  .map((counts) =>
    TOPICS.map((name, index) => ({ name, partitions: [...Array(counts[index]).keys()] })),
  );
const wishes = fc.array(fc.subarray(TOPICS, { minLength: 1 }), { minLength: 1, maxLength: 5 });

function names(share: readonly { topic: string; partition: number }[] | undefined): Set<string> {
  return new Set((share ?? []).map(({ topic, partition }) => `${topic}/${partition}`));
}

function share(
  of: Parameters<typeof sharePartitions>[0],
  sharers: readonly Sharer<number>[],
): Map<number, Set<string>> {
  const shares = sharePartitions(of, sharers);
  return new Map([...shares].map(([member, partitions]) => [member, names(partitions)]));
}

test("every partition that anybody wants is one member's, evenly, and none moves without need", () => {
  fc.assert(
    fc.property(topics, wishes, fc.nat(), (of, wanted, change) => {
      let sharers: Sharer<number>[] = wanted.map((each, member) => {
        return { member, topics: each, owned: new Set<string>() };
      });
      const first = share(of, sharers);
      check(of, sharers, first);
      sharers = sharers.map((each) => ({ ...each, owned: first.get(each.member) ?? new Set() }));
      expect(share(of, sharers)).toEqual(first);

      // One leaves, or one comes.
      if (change % 2 === 0) sharers.splice(change % sharers.length, 1);
      else sharers.push({ member: 99, topics: TOPICS, owned: new Set() });
      const second = share(of, sharers);
      check(of, sharers, second);
      for (const { member, owned } of sharers) {
        const kept = [...(second.get(member) ?? [])].filter((name) => owned.has(name));
        for (const { name, partitions } of of) {
          const wanting = sharers.filter((each) => each.topics.includes(name)).length;
          const had = [...owned].filter((each) => each.startsWith(`${name}/`)).length;
          const has = kept.filter((each) => each.startsWith(`${name}/`)).length;
          // Nobody gives more than what is above an even share.
          expect(had - has).toBeLessThanOrEqual(
            Math.max(0, had - Math.floor(partitions.length / wanting)),
          );
        }
      }
    }),
    { numRuns: 200 },
  );
});

function check(
  of: Parameters<typeof sharePartitions>[0],
  sharers: readonly Sharer<number>[],
  shares: Map<number, Set<string>>,
): void {
  for (const { name, partitions } of of) {
    const counts = sharers
      .filter(({ topics: wanted }) => wanted.includes(name))
      .map(({ member }) => {
        return [...(shares.get(member) ?? [])].filter((each) => each.startsWith(`${name}/`)).length;
      });
    if (counts.length === 0) continue;
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(partitions.length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
  const all = [...shares.values()].flatMap((each) => [...each]);
  expect(new Set(all).size).toBe(all.length);
  for (const { member, topics: wanted } of sharers) {
    for (const each of shares.get(member) ?? []) expect(wanted).toContain(each.split("/")[0]);
  }
}

test("what is left over of each topic does not all go to one member", () => {
  const of = TOPICS.map((name) => ({ name, partitions: [0] }));
  const sharers = [1, 2, 3].map((member) => ({ member, topics: TOPICS, owned: new Set<string>() }));
  expect([...share(of, sharers).values()].map((each) => each.size)).toEqual([1, 1, 1]);
});
