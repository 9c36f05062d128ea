import { types } from "cassandra-driver";
import { driverPrototype } from "./driver-class.ts";

/*
 * The driver hands each row of an answer through two object streams, which costs several times what reading it does. Here a page of
 * rows whose columns are numbered, of which the driver has the whole frame anyway before it begins to read, goes through them
 * as one, and its rows are arrays: an object with a name for each cell costs three times as much. Other answers are the driver's own. It
 * uses parts of the driver that it does not publish, as they are in 4.10.
 */

/**
 * A row whose columns are named by their places: "0", "1" and so on. An array, or where the driver reads an answer by itself
 * an object of these names, so that a cell is found by its place in either. What is not there is null.
 */
export type NumberedRow = { readonly [place: number]: unknown };

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
  readonly type: { readonly code: number };
}

interface FrameReader {
  offset: number;
  readonly buf: Buffer;
  readInt(): number;
}

interface CellDecoder {
  decode(bytes: Buffer, type: unknown): unknown;
}

/** As much of the driver's parser as is used. */
interface RowParser {
  readonly encoder: CellDecoder;
  parseRows(frameInfo: FrameInfo, reader: FrameReader): void;
  push(item: object): void;
}

/** Ahead of each cell; less than 0 = null. */
const LENGTH_BYTES = 4;

/** In answers, the type of columns of `text` and of `varchar`. */
const TEXT = types.dataTypes.varchar;

type ParseRows = RowParser["parseRows"];

/** For all connections of this process. @throws {Error} if the driver has changed */
export function passWholePages(): void {
  const prototype = driverPrototype<RowParser>("streams.js", "Parser", "parseRows");
  prototype.parseRows = wholePagesBefore(prototype.parseRows);
}

/** @param driversOwn what all other answers are left to */
export function wholePagesBefore(driversOwn: ParseRows): ParseRows {
  return function (this: RowParser, frameInfo, reader) {
    const start = reader.offset;
    const rows = isWholeAndNumbered(frameInfo) ? tryRows(this, frameInfo, reader) : undefined;
    if (rows === undefined) {
      reader.offset = start;
      driversOwn.call(this, frameInfo, reader);
      return;
    }
    const { flagsInfo: flags, header, meta } = frameInfo;
    this.push({ header, result: { rows, meta, flags } });
  };
}

function isWholeAndNumbered({ byRow, meta, parsingError, rowLength }: FrameInfo): boolean {
  const isWhole = byRow !== true && parsingError !== true && rowLength === undefined;
  return isWhole && isNumbered(meta.columns);
}

/** @returns undefined if they do not read as they should: the driver's own way knows what to do then */
function tryRows(
  { encoder }: RowParser,
  { meta: { columns } }: FrameInfo,
  reader: FrameReader,
): NumberedRow[] | undefined {
  try {
    return readRows(encoder, columns, reader);
  } catch {
    return undefined;
  }
}

function isNumbered(columns: readonly ResultColumn[]): boolean {
  for (let c = 0; c < columns.length; c++) {
    if ((columns[c] as ResultColumn).name !== String(c)) return false;
  }
  return columns.length > 0;
}

function readRows(
  encoder: CellDecoder,
  columns: readonly ResultColumn[],
  reader: FrameReader,
): NumberedRow[] {
  const rowCount = reader.readInt();
  const rows: NumberedRow[] = [];
  const { buf } = reader;
  let { offset } = reader;
  for (let r = 0; r < rowCount; r++) {
    const row = new Array<unknown>(columns.length);
    for (let c = 0; c < columns.length; c++) {
      const from = offset + LENGTH_BYTES;
      const length = buf.readInt32BE(offset);
      offset = length < 0 ? from : from + length;
      if (offset > buf.length) throw new RangeError("a cell ends past its frame");
      const { type } = columns[c] as ResultColumn;
      row[c] = length < 0 ? null : decodeCell(encoder, type, buf, from, offset);
    }
    rows.push(row);
  }
  reader.offset = offset;
  return rows;
}

function decodeCell(
  encoder: CellDecoder,
  type: ResultColumn["type"],
  buf: Buffer,
  from: number,
  to: number,
): unknown {
  // Without a view of its bytes.
  if (type.code === TEXT) return buf.toString("utf8", from, to);
  return encoder.decode(buf.subarray(from, to), type);
}
