import { createHash } from "node:crypto";
import { MAX_TOKEN_LENGTH, TokenVerifier } from "@ofs/platform";
import { expect, test } from "vitest";

function credential(token: string, untilSeconds?: number) {
  return { sha256: createHash("sha256").update(token).digest(), untilSeconds };
}

test.each([
  ["the token", [credential("a")], "a", true],
  ["one of several", [credential("b"), credential("a")], "a", true],
  ["another token", [credential("b")], "a", false],
  ["a previous one before its end", [credential("b"), credential("a", 100)], "a", true],
  ["a previous one after its end", [credential("b"), credential("a", 99)], "a", false],
  ["no credentials", [], "a", false],
  ["an unknown caller", undefined, "a", false],
  ["the empty token, even if its digest is stored", [credential("")], "", false],
  [
    "a digest of the wrong size",
    [{ sha256: new Uint8Array(3), untilSeconds: undefined }],
    "a",
    false,
  ],
  ["a huge token", [credential("a".repeat(5_000))], "a".repeat(MAX_TOKEN_LENGTH + 1), false],
] as const)("%s", (_, credentials, token, expected) => {
  const verifier = new TokenVerifier();
  expect(verifier.isValid(token, credentials, 100)).toBe(expected);
  // Once more: what is remembered of the first call must not change the answer.
  expect(verifier.isValid(token, credentials, 100)).toBe(expected);
});

test("a remembered token is refused as soon as its credential is gone", () => {
  const verifier = new TokenVerifier(1);
  expect(verifier.isValid("a", [credential("a")], 0)).toBe(true);
  expect(verifier.isValid("b", [credential("b")], 0)).toBe(true);
  expect(verifier.isValid("b", [credential("a")], 0)).toBe(false);
  expect(verifier.isValid("a", undefined, 0)).toBe(false);
});
