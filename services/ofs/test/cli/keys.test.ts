import { describe, expect, it } from "vitest";
import { parseKey } from "../../src/cli/keys.ts";

const ONE = ["movie_id"];
const TWO = ["origin", "destination"];

describe("parseKey", () => {
  it.each([
    ["inception", ONE, ["inception"]],
    ["movie_id=inception", ONE, ["inception"]],
    ["a,b=c", ONE, ["a,b=c"]],
    ['{"movie_id": "a\\"b"}', ONE, ['a"b']],
    ["origin=SEA,destination=SFO", TWO, ["SEA", "SFO"]],
    ["destination=SFO, origin=SEA", TWO, ["SEA", "SFO"]],
    ["SEA,SFO", TWO, ["SEA", "SFO"]],
    ['{"destination": "S,F", "origin": 7}', TWO, ["7", "S,F"]],
    ['{"destination": "x", "origin": 9223372036854775807}', TWO, ["9223372036854775807", "x"]],
  ])("reads %j", (text, labels, columns) => {
    expect(parseKey(text, labels)).toEqual(columns);
  });

  it.each([
    ["SEA", TWO, /has 1 of 2 columns: write it as origin=\.\.\.,destination=\.\.\./],
    ["SEA,SFO,LAX", TWO, /has 3 of 2 columns/],
    ["origin=SEA,destinaton=SFO", TWO, /no column "destinaton" \(did you mean "destination"\?\)/],
    ["origin=SEA,origin=SFO", TWO, /column "origin" twice/],
    ["origin=SEA,destination=SFO,x=1", TWO, /no column "x"/],
    ['{"origin": "SEA"}', TWO, /no column "destination"/],
    ['{"origin": "SEA", "destination": null}', TWO, /destination is neither a text nor a number/],
    ["{origin}", TWO, /is not JSON/],
  ])("refuses %j", (text, labels, message) => {
    expect(() => parseKey(text, labels)).toThrow(message);
  });
});
