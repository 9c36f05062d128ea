import fc from "fast-check";
import { AssignerProtocol } from "kafkajs";
import { describe, expect, it } from "vitest";
import {
  assignPartitions,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  type GroupMemberInfo,
  subscription,
} from "../../src/kafka/group-protocol.ts";

const COUNTS: Readonly<Record<string, number>> = { a: 7, b: 1, c: 0, d: 12 };

function share(name: string, members: readonly GroupMemberInfo[]): Map<string, string[]> {
  const assigned = assignPartitions(name, members, (topic) => COUNTS[topic] ?? 0);
  return new Map(
    assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      decodeAssignment(memberAssignment).map(({ topic, partition }) => `${topic}/${partition}`),
    ]),
  );
}

const anyMembers = fc.uniqueArray(
  fc.record({
    memberId: fc.string({ minLength: 1, maxLength: 6 }),
    topics: fc.subarray(Object.keys(COUNTS)),
  }),
  { minLength: 1, maxLength: 6, selector: ({ memberId }) => memberId },
);

describe("assignPartitions", () => {
  it.each(["roundrobin", "range"])(
    "%s gives each partition to one member that wants it",
    (name) => {
      fc.assert(
        fc.property(anyMembers, (members) => {
          const assigned = share(name, members);
          const wanted = new Set(members.flatMap(({ topics }) => topics));
          const expected = [...wanted].flatMap((topic) =>
            Array.from({ length: COUNTS[topic] as number }, (_, index) => `${topic}/${index}`),
          );
          expect([...assigned.values()].flat().sort()).toEqual(expected.sort());
          for (const { memberId, topics } of members) {
            for (const partition of assigned.get(memberId) ?? []) {
              expect(topics).toContain(partition.split("/")[0]);
            }
          }
        }),
        { numRuns: 200 },
      );
    },
  );

  it("roundrobin gives members that want the same the same number, give or take one", () => {
    const members = ["m1", "m2", "m3"].map((memberId) => ({ memberId, topics: ["a", "b", "d"] }));
    const sizes = [...share("roundrobin", members).values()].map(({ length }) => length);
    expect(sizes).toEqual([7, 7, 6]);
  });

  it("range gives runs, the first members one more", () => {
    const members = ["m2", "m1", "m3"].map((memberId) => ({ memberId, topics: ["a"] }));
    expect([...share("range", members)]).toEqual([
      ["m1", ["a/0", "a/1", "a/2"]],
      ["m2", ["a/3", "a/4"]],
      ["m3", ["a/5", "a/6"]],
    ]);
  });

  it("does the same whatever order the members come in", () => {
    const members = ["m1", "m2", "m3"].map((memberId) => ({ memberId, topics: ["a", "d"] }));
    expect(share("roundrobin", members)).toEqual(share("roundrobin", members.toReversed()));
  });

  it("refuses a way that it did not offer", () => {
    expect(() => assignPartitions("sticky", [], () => 1)).toThrow(/sticky/);
  });
});

describe("the bytes of the group protocol", () => {
  it("offers the names that other clients know", () => {
    const offered = subscription(["t", "u"]);
    expect(offered.map(({ name }) => name)).toEqual(["roundrobin", "range"]);
    const [first] = offered;
    expect(decodeSubscription("m", first?.metadata as Buffer)).toEqual({
      memberId: "m",
      topics: ["t", "u"],
    });
  });

  it("reads assignments of others, and none", () => {
    const bytes = AssignerProtocol.MemberAssignment.encode({
      version: 1,
      assignment: { t: [2, 0] },
      userData: Buffer.from("sticky"),
    });
    expect(decodeAssignment(bytes)).toEqual([
      { topic: "t", partition: 2 },
      { topic: "t", partition: 0 },
    ]);
    expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
    expect(decodeAssignment(encodeAssignment([]))).toEqual([]);
  });
});
