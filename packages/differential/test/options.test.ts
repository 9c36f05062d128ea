import { OptionsError, parseOptions } from "@ofs/differential";
import { describe, expect, it } from "vitest";

const SIDES = ["--left", "a:1", "--right", "b:2"];

describe("options", () => {
  it("of both sides hold for each that has none of its own", () => {
    const { left, right } = parseOptions([
      ...SIDES,
      ...["--caller", "both", "--right-caller", "other", "--token", "t", "--tls-ca", "ca.pem"],
    ]);
    expect(left).toMatchObject({
      address: "a:1",
      callerId: "both",
      token: "t",
      tlsCaFile: "ca.pem",
    });
    expect(right).toMatchObject({ address: "b:2", callerId: "other", token: "t" });
  });

  it("have defaults", () => {
    expect(parseOptions(SIDES)).toMatchObject({
      left: { callerId: "quickstart", token: "quickstart", tlsCaFile: undefined },
      requestCount: 1_000,
      seed: 1,
      writes: false,
      reference: undefined,
    });
  });

  it.each([
    [["--right", "b:2"], "--left is missing"],
    [["--left", "a", "--right", "b:2"], "--left a"],
    [[...SIDES, "--requests", "many"], "--requests many"],
    [[...SIDES, "--reference", "both"], "--reference both"],
    [[...SIDES, "--nonsense"], "--nonsense"],
  ])("%j are refused", (args, message) => {
    expect(() => parseOptions(args)).toThrow(OptionsError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
