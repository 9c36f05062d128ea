import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PasswordHasher } from "../../src/auth/password-hasher.ts";
import { passwordFaults } from "../../src/auth/password-rules.ts";
import { randomPassword } from "../../src/auth/user-accounts.ts";

describe("passwordFaults", () => {
  it.each([
    ["Correct-Horse-7", []],
    ["Short-1", ["must have at least 8 characters"]],
    ["no-upper-7", ["must have an upper-case letter"]],
    ["NO-LOWER-7", ["must have a lower-case letter"]],
    ["No-Digit-Here", ["must have a digit"]],
    ["With Blank-7", ["must have no blank"]],
    [`Aa1-${"x".repeat(69)}`, ["must have at most 72 bytes"]],
    ["Aa1-xxxx\0yy", ["must have no NUL character"]],
  ])("of %j", (password, faults) => {
    expect(passwordFaults(password)).toEqual(faults);
  });

  it("wants one of the special characters", () => {
    expect(passwordFaults("NoSpecial77")).toEqual([expect.stringMatching(/^must have one of/)]);
    for (const special of "!@#$%^&*()_+-=[]{};':\"\\|,.<>/?") {
      expect(passwordFaults(`NoSpecial77${special}`)).toEqual([]);
    }
  });

  it.each(["password", "QWERTY", "Admin", "user", "123456", "abc123"])("refuses %s", (password) => {
    expect(passwordFaults(password)).toContain("must not be a common password");
  });

  it("has nothing against passwords that are made here", () => {
    fc.assert(
      fc.property(fc.constant(undefined), () => passwordFaults(randomPassword()).length === 0),
    );
  });
});

describe("PasswordHasher", () => {
  it("verifies hashes of other implementations and costs", async () => {
    // A published test vector of jBCrypt, of the cost that existing users have.
    const existing = "$2a$10$k87L/MF28Q673VKh8/cPi.SUl7MU/rWuSiIDDFayrKk/1tBsSQu4u";
    const hasher = new PasswordHasher(4);
    expect(await hasher.verify("a", existing)).toBe(true);
    expect(await hasher.verify("b", existing)).toBe(false);
  });

  it("takes nobody's password for anybody", async () => {
    const hasher = new PasswordHasher(4);
    expect(await hasher.verify("no password of anybody", undefined)).toBe(false);
  });
});
