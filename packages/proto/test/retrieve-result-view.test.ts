import { ProtoError, type RetrieveResultView, readRetrieveResult, retrieve } from "@ofs/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { damaged, PROPERTY_RUNS, retrieveResultBytes } from "./wire-arbitraries.ts";

/** The view in the form of the generated message. */
function toMessage(view: RetrieveResultView): unknown {
  return {
    entityLabel: view.entityLabel,
    keysSchema: view.keysSchema,
    featureSchemas: view.featureSchemas.map(({ label, features }) => ({
      featureGroupLabel: label,
      features,
    })),
    rows: view.rowKeys.map((keys, row) => ({ keys, columns: columnsOf(view, row) })),
  };
}

function columnsOf(view: RetrieveResultView, row: number): string[] {
  const columns: string[] = [];
  for (let c = view.rowColumns[row] as number; c < (view.rowColumns[row + 1] as number); c++) {
    columns.push(view.bytes.toString("base64", view.columnStart[c], view.columnEnd[c]));
  }
  return columns;
}

function readWithProtobufjs(bytes: Uint8Array): unknown {
  return retrieve.Result.toObject(retrieve.Result.decode(bytes), { defaults: true, bytes: String });
}

function outcome(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    return error;
  }
}

describe("readRetrieveResult", () => {
  test("finds the columns of each row", () => {
    const message = {
      entityLabel: "user",
      keysSchema: ["user_id"],
      featureSchemas: [{ featureGroupLabel: "g", features: [{ label: "f", columnIdx: 0 }] }],
      rows: [
        { keys: ["1"], columns: [Buffer.from([1, 2]), Buffer.alloc(0)] },
        { keys: ["2"], columns: [] },
        { keys: ["3"], columns: [Buffer.from([3])] },
      ],
    };
    const view = readRetrieveResult(retrieve.Result.encode(message).finish());
    expect(view.rowKeys).toEqual([["1"], ["2"], ["3"]]);
    expect(view.rowColumns).toEqual([0, 2, 2, 3]);
    expect([0, 1, 2].map((row) => columnsOf(view, row))).toEqual([["AQI=", ""], [], ["Aw=="]]);
    expect(view.featureSchemas).toEqual([{ label: "g", features: [{ label: "f", columnIdx: 0 }] }]);
  });

  test("equals protobufjs with fields in any order, repeated and unknown", () => {
    fc.assert(
      fc.property(retrieveResultBytes, (bytes) => {
        expect(toMessage(readRetrieveResult(bytes))).toEqual(readWithProtobufjs(bytes));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  test("any bytes are read as protobufjs reads them, or refused", () => {
    fc.assert(
      fc.property(damaged(retrieveResultBytes), (bytes) => {
        const ours = outcome(() => toMessage(readRetrieveResult(bytes)));
        const theirs = outcome(() => readWithProtobufjs(bytes));
        if (!(ours instanceof Error)) expect(ours).toEqual(theirs);
        else {
          expect(ours).toBeInstanceOf(ProtoError);
          // protobufjs does not bound the varints that it skips.
          if (!ours.message.startsWith("varint is longer than 10 bytes")) {
            expect(theirs).toBeInstanceOf(Error);
          }
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});
