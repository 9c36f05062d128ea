import { expect, test } from "vitest";
import { partitionKey, refusePartitionKey } from "../../src/scylla/partition-key.ts";

test("the key of one column is its text", () => {
  expect(partitionKey(["é"])).toEqual(Buffer.from("é"));
});

test("a composite key has lengths before and zeros after its parts", () => {
  expect(partitionKey(["é", "", "b"])).toEqual(
    Buffer.from([0, 2, 0xc3, 0xa9, 0, 0, 0, 0, 0, 1, 0x62, 0]),
  );
});

test.each([
  [["a"], undefined],
  [["", ""], undefined],
  [["x".repeat(65_535)], undefined],
  [["x".repeat(65_535 - 7), "y"], undefined],
  [[""], "key is empty"],
  [["x".repeat(65_536)], "key of 65536 bytes, at most 65535"],
  [["馬".repeat(21_846)], "key of 65538 bytes, at most 65535"],
  [["x".repeat(65_535 - 6), "y"], "key of 65536 bytes, at most 65535"],
])("keys that the server does not take are refused with a reason (%#)", (key, reason) => {
  const refusal = refusePartitionKey(key);
  if (reason === undefined) expect(refusal).toBeUndefined();
  else expect(refusal).toContain(reason);
});
