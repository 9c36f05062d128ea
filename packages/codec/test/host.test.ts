import { endianness } from "node:os";
import { expect, it } from "vitest";
import { IS_LITTLE_ENDIAN, swapUnits } from "../src/host.ts";
import { hex, unhex } from "./support/blocks.ts";

it("knows this machine's byte order", () => {
  expect(IS_LITTLE_ENDIAN).toBe(endianness() === "LE");
});

it.each([
  [2, "0201040306"],
  [4, "0403020106"],
  [8, "0807060504030201"],
])("reverses units of %d bytes, and leaves the rest", (unit, expected) => {
  const bytes = unit === 8 ? unhex("0102030405060708") : unhex("0102030406");
  swapUnits(bytes, unit);
  expect(hex(bytes)).toBe(expected);
});
