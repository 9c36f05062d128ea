import type { CellValue, TableType } from "@ofs/delta";
import { describe, expect, it } from "vitest";
import { compileFilter, type FilterTerm, selectRows } from "../../src/filter/row-filter.ts";
import { batchOf, field } from "../support/batches.ts";

function selected(
  type: TableType,
  values: readonly CellValue[],
  operator: FilterTerm["operator"],
  value?: string,
): number[] {
  const column = field("c", type);
  const term = value === undefined ? { column: "c", operator } : { column: "c", operator, value };
  return selectRows(batchOf([[column, values]]), compileFilter([term], [column]), [0]);
}

describe("selectRows", () => {
  it.each<[TableType, readonly CellValue[], FilterTerm["operator"], string | undefined, number[]]>([
    [{ kind: "long" }, [1n, null, 9_007_199_254_740_993n], ">", "9007199254740992", [2]],
    [{ kind: "integer" }, [1, 2, null], "<=", "1", [0]],
    [{ kind: "double" }, [1.5, Number.NaN, 2], ">=", "1.5", [0, 2]],
    [{ kind: "string" }, ["a", "b", "ü"], ">=", "b", [1, 2]],
    [{ kind: "boolean" }, [true, false, null], "=", "true", [0]],
    [{ kind: "decimal", precision: 4, scale: 2 }, [1250n, 1251n], "=", "12.5", [0]],
    [{ kind: "date" }, [19_782, 19_783], "<", "2024-02-29", []],
    [{ kind: "date" }, [19_782, 19_783], "=", "2024-02-29", [0]],
    [{ kind: "timestamp" }, [0n, 1_000_000n], ">", "1970-01-01T00:00:00", [1]],
    [{ kind: "string" }, ["a", null], "isNull", undefined, [1]],
    [{ kind: "string" }, ["a", null], "isNotNull", undefined, [0]],
  ])("of %j selects by %s", (type, values, operator, value, expected) => {
    expect(selected(type, values, operator, value)).toEqual(expected);
  });

  it.each<[TableType, FilterTerm["operator"], string | undefined, string]>([
    [{ kind: "long" }, "=", "1.5", 'filter: c: "1.5" is no value of its type, long'],
    [{ kind: "decimal", precision: 4, scale: 1 }, "=", "1.25", '"1.25" is no value'],
    [{ kind: "date" }, "=", "tomorrow", '"tomorrow" is no value'],
    [{ kind: "binary" }, "=", "x", "is no value of its type, binary"],
    [{ kind: "string" }, "=", undefined, "= wants a value"],
    [{ kind: "string" }, "isNull", "x", "isNull takes no value"],
  ])("of %j refuses %s %s", (type, operator, value, message) => {
    expect(() => selected(type, [], operator, value)).toThrow(message);
  });
});
