import { expect, test } from "vitest";
import { murmur2, partitionOfKey } from "../../src/embedded-log/partitioner.ts";

/** From the unit tests of Kafka's Java client (`UtilsTest.testMurmur2`). */
const KNOWN: readonly (readonly [string, number])[] = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
];

test.each(KNOWN)("hashes %s as Kafka does", (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test("chooses the partition as Kafka's default partitioner does", () => {
  for (const [key, hash] of KNOWN) {
    expect(partitionOfKey(Buffer.from(key), 7)).toBe((hash & 0x7fffffff) % 7);
  }
  expect(partitionOfKey(new Uint8Array(0), 1)).toBe(0);
});
