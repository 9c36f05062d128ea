import { expect, test } from "vitest";
import { hashSlot, hashTag } from "../../src/redis/hash-slot.ts";

// Slots as `CLUSTER KEYSLOT` answers them.
test.each([
  ["123456789", 12_739],
  ["foo", 12_182],
  ["somekey", 11_058],
  ["foo{hash_tag}", 2515],
  ["", 0],
  ["user:žluťoučký 馬", 4186],
])("the slot of %j is %i", (key, slot) => {
  expect(hashSlot(key)).toBe(slot);
});

test.each([
  ["{user1000}.following", "user1000"],
  ["foo{}{bar}", undefined],
  ["foo{{bar}}zap", "{bar"],
  ["foo{bar}{zap}", "bar"],
  ["a{b", undefined],
  ["a}b{c", undefined],
  ["none", undefined],
])("the hash tag of %j is %j", (key, tag) => {
  expect(hashTag(key)).toBe(tag);
});

test("keys of one hash tag share a slot", () => {
  expect(hashSlot("{user:1}:wt")).toBe(hashSlot("user:1"));
  expect(hashSlot("ofs:wt:user:{1}")).toBe(hashSlot("user:{1}"));
});
