import { FileReader, formatType, openParquetFolder, openTableStorage } from "@ofs/delta";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readRows } from "./support/fixture-tables.ts";
import { TableFolder } from "./support/table-folder.ts";

let reader: FileReader;
let folder: TableFolder;

beforeAll(async () => {
  reader = await FileReader.open();
});

afterAll(() => reader.close());

beforeEach(() => {
  folder = new TableFolder();
});

afterEach(() => folder.remove());

function open() {
  return openParquetFolder(openTableStorage(folder.path), reader);
}

describe("a folder of Parquet files", () => {
  it("is a table whose partition columns are in the paths", async () => {
    const query = "SELECT 1::UTINYINT AS id, 1.50::DECIMAL(5,2) AS d";
    await folder.parquet("day=2024-01-01/n=7/a%20b.parquet", query);
    await folder.parquet(
      "day=__HIVE_DEFAULT_PARTITION__/n=8/b.parquet",
      "SELECT 2::UTINYINT AS id",
    );
    folder.file("_SUCCESS", "");
    folder.file("_temporary/0/c.parquet", "half written");
    const table = await open();
    expect(table.schema.map(({ name, type }) => `${name} ${formatType(type)}`)).toEqual([
      "id short",
      "d decimal(5,2)",
      "day string",
      "n long",
    ]);
    expect(table.partitionColumns).toEqual(["day", "n"]);
    expect(await readRows(reader, openTableStorage(folder.path), table)).toEqual([
      { id: 1, d: { $decimal: "1.50" }, day: "2024-01-01", n: 7 },
      { id: 2, d: null, day: null, n: 8 },
    ]);
  });

  it("has values of unsigned types and times of every unit", async () => {
    const values = [
      "18446744073709551615::UBIGINT AS a",
      "4294967295::UINTEGER AS b",
      "65535::USMALLINT AS c",
      "TIMESTAMP_S '1969-12-31 23:59:59' AS d",
      "TIMESTAMP_MS '1969-12-31 23:59:59.999' AS e",
      "TIMESTAMP_NS '1969-12-31 23:59:59.999999999' AS f",
      "TIMESTAMPTZ '2020-01-01 00:00:00.000001+00' AS g",
      "'6f0d9a52-8e0b-4b0c-9c39-0d5ce3a0d6a1'::VARCHAR AS h",
    ];
    await folder.parquet("a.parquet", `SELECT ${values.join(", ")}`);
    const [row] = await readRows(reader, openTableStorage(folder.path), await open());
    expect(row).toEqual({
      a: { $decimal: "18446744073709551615" },
      b: 4_294_967_295,
      c: 65_535,
      d: { $ntz_us: "-1000000" },
      e: { $ntz_us: "-1000" },
      f: { $ntz_us: "-1" },
      g: { $timestamp_us: "1577836800000001" },
      h: "6f0d9a52-8e0b-4b0c-9c39-0d5ce3a0d6a1",
    });
  });

  it("is refused when it is empty, uneven or has a type that no table has", async () => {
    await expect(open()).rejects.toThrow(/has no Parquet files/);
    await folder.parquet("p=1/a.parquet", "SELECT TIME '12:00:00' AS t");
    await expect(open()).rejects.toThrow(/^file p=1\/a\.parquet: column t: type INT64 TIME/);
    await folder.parquet("b.parquet", "SELECT 1 AS id");
    await expect(open()).rejects.toThrow(/file p=1\/a\.parquet has the partition columns p/);
  });
});
