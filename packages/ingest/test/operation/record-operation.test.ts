import { MessageFault, RECORD_OPERATION } from "@ofs/ingest";
import { expect, test } from "vitest";
import { operationOf } from "../../src/operation/record-operation.ts";

function recordWith(...operations: readonly string[]) {
  return {
    topic: "t",
    partition: 0,
    offset: 0,
    key: undefined,
    value: undefined,
    headers: [
      ["another", Buffer.from("delete")] as const,
      ...operations.map((text) => [RECORD_OPERATION.header, Buffer.from(text)] as const),
    ],
    timestampMs: 1,
  };
}

test("the header is part of what producers are told", () => {
  expect(RECORD_OPERATION).toEqual({ header: "operation", delete: "delete" });
});

test("a record without the header is a write, the last header counts", () => {
  expect(operationOf(recordWith())).toBe("write");
  expect(operationOf({ ...recordWith(), headers: [] })).toBe("write");
  expect(operationOf(recordWith("delete"))).toBe("delete");
  expect(operationOf(recordWith("nonsense", "delete"))).toBe("delete");
});

test.each(["", "DELETE", "delete ", "write", "x".repeat(100)])(
  "an unknown operation %j is poison that names header and value",
  (text) => {
    const act = () => operationOf(recordWith("delete", text));
    expect(act).toThrow(MessageFault);
    expect(act).toThrow(
      expect.objectContaining({
        kind: "poison",
        field: "operation",
        message: expect.stringContaining(
          `header operation: ${JSON.stringify(text.slice(0, 32))} is not known`,
        ),
      }),
    );
  },
);
