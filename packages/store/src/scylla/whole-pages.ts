import { createRequire } from "node:module";
import { types } from "cassandra-driver";

/*
 * The driver hands each row of an answer through two object streams, which costs several times what reading it does. Here a page,
 * of which the driver has the whole frame anyway before it begins to read, goes through them as one. It uses parts of the driver
 * that it does not publish, as they are in 4.10.
 */

/** What is used of the state of one answer. */
interface FrameInfo {
  readonly header: unknown;
  readonly flagsInfo: unknown;
  readonly meta: { readonly columns: readonly ResultColumn[] };
  /** Whether the caller wants rows one by one, before the frame is whole. */
  readonly byRow?: boolean;
  readonly parsingError?: boolean;
  /** Of an answer that has been begun. */
  readonly rowLength?: number;
}

interface ResultColumn {
  readonly name: string;
  readonly type: unknown;
}

interface FrameReader {
  offset: number;
  readInt(): number;
  /** @throws {RangeError} past the end */
  readBytes(): Buffer | null;
}

/** As much of the driver's parser as is used. */
interface RowParser {
  readonly encoder: { decode(bytes: Buffer | null, type: unknown): unknown };
  parseRows(frameInfo: FrameInfo, reader: FrameReader): void;
  push(item: object): void;
}

type RowClass = new (columns: readonly ResultColumn[]) => types.Row;

const { Row } = types as unknown as { Row: RowClass };

let isDone = false;

/** For all connections of this process. @throws {Error} if the driver has changed */
export function passWholePages(): void {
  if (isDone) return;
  const prototype = parserPrototype();
  const parseRows = prototype.parseRows;
  isDone = true;
  prototype.parseRows = function (frameInfo, reader) {
    const start = reader.offset;
    const rows = isPlain(frameInfo) ? readRows(this, frameInfo, reader) : undefined;
    if (rows === undefined) {
      reader.offset = start;
      parseRows.call(this, frameInfo, reader);
      return;
    }
    const { flagsInfo: flags, header, meta } = frameInfo;
    this.push({ header, result: { rows, meta, flags } });
  };
}

function parserPrototype(): RowParser {
  const streams: unknown = createRequire(import.meta.url)("cassandra-driver/lib/streams.js");
  const { Parser } = streams as { Parser?: { prototype: RowParser } };
  if (typeof Parser?.prototype.parseRows !== "function") {
    throw new Error("cassandra-driver has another parser than 4.10");
  }
  return Parser.prototype;
}

function isPlain({ byRow, parsingError, rowLength }: FrameInfo): boolean {
  return byRow !== true && parsingError !== true && rowLength === undefined;
}

/** @returns undefined if they do not read as they should: the driver's own way knows what to do then */
function readRows(
  { encoder }: RowParser,
  { meta: { columns } }: FrameInfo,
  reader: FrameReader,
): types.Row[] | undefined {
  try {
    const rowCount = reader.readInt();
    const rows: types.Row[] = [];
    for (let r = 0; r < rowCount; r++) {
      const row = new Row(columns);
      for (let c = 0; c < columns.length; c++) {
        const { name, type } = columns[c] as ResultColumn;
        row[name] = encoder.decode(reader.readBytes(), type);
      }
      rows.push(row);
    }
    return rows;
  } catch {
    return undefined;
  }
}
