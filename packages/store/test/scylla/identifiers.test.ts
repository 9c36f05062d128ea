import { expect, test } from "vitest";
import { normalizeIdentifier, quoteIdentifier, quoteText } from "../../src/scylla/identifiers.ts";

test("names are quoted in the lower case that CQL gives them without quotes", () => {
  expect(quoteIdentifier("table", "User_Features2")).toBe('"user_features2"');
  expect(quoteIdentifier("column", "order")).toBe('"order"');
  expect(normalizeIdentifier("column", "SEG_0")).toBe("seg_0");
});

test.each(["", "1a", "_a", "a-b", "a b", 'a"b', "a.b", "ä", "a;DROP TABLE x", "a\n"])(
  "%j is no name",
  (name) => {
    expect(() => quoteIdentifier("key column", name)).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(`key column ${JSON.stringify(name)}`),
      }),
    );
  },
);

test("text is a literal whatever it holds", () => {
  expect(quoteText("it's 'dc1'")).toBe("'it''s ''dc1'''");
});
