import { decodePersistQuery } from "@ofs/proto";
import { describe, expect, it } from "vitest";
import { InvalidBodyError } from "../src/invalid-body-error.ts";
import { persistQueryFromJson } from "../src/request-messages.ts";

const QUERY = {
  entity_label: "user",
  keys_schema: ["user_id"],
  feature_group_schema: [{ label: "counts", feature_labels: ["clicks"] }],
  data: [
    { key_values: ["7"], feature_values: [{ values: { int64_values: ["9007199254740993"] } }] },
  ],
};

describe("persistQueryFromJson", () => {
  it("makes the message, with every digit of long integers", () => {
    const text = JSON.stringify(QUERY).replace('"9007199254740993"', "9007199254740993");
    const query = decodePersistQuery(persistQueryFromJson(text));
    expect(query).toMatchObject({ entityLabel: "user", keysSchema: ["user_id"] });
    expect(query.data[0]?.keyValues).toEqual(["7"]);
    expect(query.data[0]?.featureValues[0]?.int64Values).toEqual([9007199254740993n]);
  });

  it.each([
    ["[]", /the body must be an object, not \[\]/],
    ["{", /Invalid request body/],
    ['{"entity_label": 3}', /entity_label must be a string, not 3/],
    ['{"data": [{"key_values": [1]}]}', /data\[0\]\.key_values\[0\] must be a string, not 1/],
  ])("refuses %s by field and value", (text, message) => {
    expect(() => persistQueryFromJson(text)).toThrow(InvalidBodyError);
    expect(() => persistQueryFromJson(text)).toThrow(message);
  });
});
