import {
  type ColumnVector,
  type DataFile,
  FileReader,
  openTableStorage,
  type ReadRequest,
  type RowBatch,
  type TableField,
  type TableType,
} from "@ofs/delta";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TableFolder } from "../support/table-folder.ts";

const ROWS = 100_000;
const ID = field("id", { kind: "long" });

let folder: TableFolder;
let file: DataFile;

function field(name: string, type: TableType): TableField {
  return { name, type, isNullable: true, physicalName: name, fieldId: undefined };
}

function dataFile(path: string): DataFile {
  const { size } = (folder.add(path) as unknown as { add: { size: number } }).add;
  return {
    path,
    sizeBytes: size,
    rowCount: undefined,
    partitionValues: new Map(),
    deletionVector: undefined,
    stats: undefined,
  };
}

beforeAll(async () => {
  folder = new TableFolder();
  const query = `SELECT range::BIGINT AS id, 'text ' || range AS text FROM range(${ROWS})`;
  await folder.parquet("big.parquet", query, ", ROW_GROUP_SIZE 10000");
  file = dataFile("big.parquet");
});

afterAll(() => folder.remove());

describe.each(["duckdb", "hyparquet"] as const)("a reader with %s", (decoder) => {
  let reader: FileReader;

  beforeAll(async () => {
    reader = await FileReader.open({ decoder });
  });

  afterAll(() => reader.close());

  function read(of: DataFile, request: ReadRequest): AsyncGenerator<RowBatch> {
    return reader.read(openTableStorage(folder.path), of, request);
  }

  async function idsOf(of: DataFile, request: Omit<ReadRequest, "fields"> = {}): Promise<bigint[]> {
    const ids: bigint[] = [];
    for await (const { columns, rowCount } of read(of, { fields: [ID], ...request })) {
      for (let row = 0; row < rowCount; row++) ids.push(columns[0]?.valueAt(row) as bigint);
    }
    return ids;
  }

  it("goes on where another read stopped", async () => {
    const batch = await firstOf(read(file, { fields: [ID], fromRow: 12_345 }));
    expect(batch.firstRow).toBe(12_345);
    expect(batch.columns[0]?.valueAt(0)).toBe(12_345n);
    const rest = await idsOf(file, { fromRow: batch.nextRow });
    expect(rest[0]).toBe(BigInt(batch.nextRow));
    expect(rest).toHaveLength(ROWS - batch.nextRow);
  });

  it("reads a range of rows, and none beyond the end", async () => {
    const ids = await idsOf(file, { fromRow: 9_999, toRow: 20_001 });
    expect(ids).toEqual(Array.from({ length: 10_002 }, (_, index) => BigInt(9_999 + index)));
    expect(await idsOf(file, { fromRow: ROWS - 1, toRow: ROWS + 5 })).toEqual([BigInt(ROWS - 1)]);
    expect(await idsOf(file, { fromRow: ROWS })).toEqual([]);
  });

  it("serves the next read after one that was left early", async () => {
    for (let turn = 0; turn < 3; turn++) {
      for await (const batch of read(file, { fields: [ID] })) {
        expect(batch.firstRow).toBe(0);
        break;
      }
    }
    expect(await idsOf(file, { toRow: 3 })).toEqual([0n, 1n, 2n]);
  });

  it("ends by its signal, with the signal's reason", async () => {
    const controller = new AbortController();
    const reading = read(file, { fields: [ID], signal: controller.signal });
    await reading.next();
    controller.abort(new Error("enough"));
    await expect(idle(reading)).rejects.toThrow("enough");
    expect(await idsOf(file, { toRow: 1 })).toEqual([0n]);
  });

  it("gives null for columns that the file lacks, and counts rows without any column", async () => {
    const fields = [
      field("more", { kind: "struct", fields: [ID] }),
      field("b", { kind: "boolean" }),
    ];
    const { columns } = await firstOf(read(file, { fields }));
    expect(columns.map((column: ColumnVector) => column.valueAt(7))).toEqual([null, null]);
    const partitioned = { ...file, partitionValues: new Map([["b", "true"]]) };
    let rows = 0;
    for await (const batch of read(partitioned, { fields: fields.slice(1) })) {
      rows += batch.rowCount;
      expect(batch.columns[0]?.valueAt(batch.rowCount - 1)).toBe(true);
    }
    expect(rows).toBe(ROWS);
  });

  it("tells the file and the column of a value that does not fit", async () => {
    await folder.parquet("wide.parquet", "SELECT 300::INTEGER AS small");
    const request = { fields: [field("small", { kind: "byte" })] };
    await expect(idle(read(dataFile("wide.parquet"), request))).rejects.toThrow(
      "file wide.parquet: column small: 300 is no byte",
    );
  });

  it("reads files with a name that is a pattern", async () => {
    await folder.parquet("[a]*?{1}'.parquet", "SELECT 1::BIGINT AS id");
    expect(await idsOf(dataFile("[a]*?{1}'.parquet"))).toEqual([1n]);
  });
});

describe("a reader", () => {
  it("decodes as many files at one time as it has threads", async () => {
    const reader = await FileReader.open({ threadCount: 2 });
    const storage = openTableStorage(folder.path);
    const first = reader.read(storage, file, { fields: [ID] });
    const second = reader.read(storage, file, { fields: [ID] });
    await first.next();
    await second.next();
    const controller = new AbortController();
    const third = reader.read(storage, file, { fields: [ID], signal: controller.signal });
    const waiting = third.next();
    controller.abort(new Error("no thread was free"));
    await expect(waiting).rejects.toThrow("no thread was free");
    await first.return(undefined);
    expect((await reader.read(storage, file, { fields: [ID] }).next()).done).toBe(false);
    await reader.close();
  });

  it("fails what is in work and what comes after its end", async () => {
    const reader = await FileReader.open();
    const storage = openTableStorage(folder.path);
    const reading = reader.read(storage, file, { fields: [ID] });
    await reading.next();
    await reader.close();
    await expect(idle(reading)).rejects.toThrow("the reader is closed");
    await expect(idle(reader.read(storage, file, { fields: [ID] }))).rejects.toThrow("is closed");
  });

  it("refuses thread counts that make no sense", async () => {
    await expect(FileReader.open({ threadCount: 0 })).rejects.toThrow(/threadCount .* not 0/);
  });
});

/** @returns the first batch; the rest is not read */
async function firstOf(reading: AsyncIterable<RowBatch>): Promise<RowBatch> {
  for await (const batch of reading) return batch;
  throw new Error("no batch");
}

/** Reads to the end. */
async function idle(reading: AsyncIterable<RowBatch>): Promise<void> {
  for await (const batch of reading) expect(batch.rowCount).toBeGreaterThan(0);
}
