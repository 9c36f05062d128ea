import { asBuffer, isAsciiRange, readLatin1, readText } from "./text.ts";
import { WireReader } from "./wire.ts";

/** What a retrieve query asks for, apart from its keys. */
export interface RetrieveShape {
  readonly entityLabel: string;
  readonly featureGroups: readonly RetrieveGroup[];
  readonly keysSchema: readonly string[];
}

export interface RetrieveGroup {
  readonly label: string;
  readonly featureLabels: readonly string[];
}

/** Bodies of the query's `Keys` messages: body `i` is `bytes[start[i]]` to before `bytes[end[i]]`. */
export interface KeyRanges {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/*
 * retrieve.Query                      tag
 *   1 entity_label    string          0x0a
 *   2 feature_groups  FeatureGroup*   0x12   { 1 label string 0x0a, 2 feature_labels string* 0x12 }
 *   3 keys_schema     string*         0x1a
 *   4 keys            Keys*           0x22   { 1 cols string* 0x0a }
 */
const ENTITY_LABEL_TAG = 0x0a;
const FEATURE_GROUP_TAG = 0x12;
const KEYS_SCHEMA_TAG = 0x1a;
const KEYS_TAG = 0x22;
const COL_TAG = 0x0a;
const GROUP_LABEL_TAG = 0x0a;
const FEATURE_LABEL_TAG = 0x12;

/** V8 copies shorter substrings; longer ones keep the string that they were cut from alive. */
const COPIED_SUBSTRING_LENGTH_MAX = 12;
/** Above this, one text of all keys that substrings are cut from pays. */
const KEYS_TEXT_MIN_SIZE = 64;

/**
 * A decoded `retrieve.Query`, made for callers that repeat one shape with ever other keys: the keys are found and
 * checked at once, their texts and the shape are made only when asked for.
 *
 * @throws {ProtoError} from the constructor if the bytes are no message or a key is not valid UTF-8
 */
export class RetrieveQueryView {
  /** The message. The view is valid as long as its bytes are. */
  readonly bytes: Buffer;
  /**
   * Equal texts mean equal shapes (not the other way round): the bytes of everything but the keys. Two
   * encoders may write one shape in two ways; each gets its own text.
   */
  readonly shapeKey: string;
  readonly keyCount: number;
  /**
   * Where the `Keys` bodies are. The body of a canonical key may be copied as it is into `retrieve.Row`,
   * whose `keys` have the same number and type.
   */
  readonly rawKeys: KeyRanges;
  readonly #foreign: Set<number> | undefined;
  #keys: readonly (readonly string[])[] | undefined;

  constructor(message: Uint8Array) {
    const bytes = asBuffer(message);
    const reader = new KeysReader(bytes);
    const shapeKey = reader.readMessage();
    this.bytes = bytes;
    this.shapeKey = shapeKey;
    this.keyCount = reader.starts.length;
    this.rawKeys = { start: reader.starts, end: reader.ends };
    this.#foreign = reader.foreign;
    this.#keys = reader.isAscii ? undefined : readKeys(bytes, this.rawKeys, false);
  }

  /** Columns of each key. */
  get keys(): readonly (readonly string[])[] {
    // Others than ASCII were read at once.
    this.#keys ??= readKeys(this.bytes, this.rawKeys, true);
    return this.#keys;
  }

  /** Whether the body of key `index` holds columns and nothing else, and so may be copied. */
  isCanonical(index: number): boolean {
    return this.#foreign === undefined || !this.#foreign.has(index);
  }

  /**
   * Decodes the shape; a caller that caches by `shapeKey` rarely needs it.
   *
   * @throws {ProtoError} if it does not decode
   */
  shape(): RetrieveShape {
    return decodeShape(this.bytes);
  }
}

/** @throws {ProtoError} if the bytes are no message or a key is not valid UTF-8 */
export function readRetrieveQuery(bytes: Uint8Array): RetrieveQueryView {
  return new RetrieveQueryView(bytes);
}

/** Finds the keys and the bytes of the shape. */
class KeysReader extends WireReader {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Whether all keys are: then they are valid UTF-8. */
  isAscii = true;
  foreign: Set<number> | undefined = undefined;

  /** @returns the shape key */
  readMessage(): string {
    let firstKey = -1;
    let later: string[] | undefined;
    while (this.pos < this.end) {
      const start = this.pos;
      const tag = this.readTag();
      if (tag === KEYS_TAG) {
        if (firstKey < 0) {
          firstKey = start;
          this.isAscii = isAsciiRange(this.bytes, start, this.end);
        }
        this.#readKey();
      } else {
        this.skip(tag);
        if (firstKey >= 0) {
          later ??= [];
          later.push(readLatin1(this.bytes, start, this.pos));
        }
      }
    }
    const head = readLatin1(this.bytes, 0, firstKey < 0 ? this.end : firstKey);
    return later === undefined ? head : head + later.join("");
  }

  #readKey(): void {
    const outerEnd = this.enter();
    const { bytes, end } = this;
    const start = this.pos;
    this.starts.push(start);
    this.ends.push(end);
    // One column of less than 128 bytes: looked through at a glance.
    const size = start + 2 <= end ? (bytes[start + 1] as number) : -1;
    if (size >= 0 && size < 0x80 && bytes[start] === COL_TAG && start + 2 + size === end) {
      this.pos = end;
    } else this.#readCols();
    this.leave(outerEnd);
  }

  #readCols(): void {
    while (this.pos < this.end) {
      const tag = this.readTag();
      if (tag === COL_TAG) {
        const size = this.readSize();
        this.pos += size;
      } else {
        this.skip(tag);
        this.foreign ??= new Set();
        this.foreign.add(this.starts.length - 1);
      }
    }
  }
}

/**
 * The columns of keys that have been looked through.
 *
 * @param isAscii whether all from the first key on is
 * @throws {ProtoError} if one is not valid UTF-8
 */
function readKeys(bytes: Buffer, { start, end }: KeyRanges, isAscii: boolean): string[][] {
  const reader = new ColumnsReader(bytes);
  const keys = new Array<string[]>(start.length);
  if (isAscii && start.length > 0) reader.startText(start[0] as number);
  for (let i = 0; i < keys.length; i++) {
    keys[i] = reader.readKey(start[i] as number, end[i] as number);
  }
  return keys;
}

class ColumnsReader extends WireReader {
  /** Text of the message from `#textStart` on if it is ASCII, and long enough for this to pay. */
  #text: string | undefined = undefined;
  #textStart = 0;

  /** @param start from here on all is ASCII */
  startText(start: number): void {
    if (this.bytes.length - start < KEYS_TEXT_MIN_SIZE) return;
    this.#textStart = start;
    this.#text = readLatin1(this.bytes, start, this.bytes.length);
  }

  readKey(start: number, end: number): string[] {
    let cols: string[] | undefined;
    this.pos = start;
    this.end = end;
    while (this.pos < end) {
      const tag = this.readTag();
      if (tag === COL_TAG) {
        const col = this.#readCol();
        // A literal has room for one; the first push to an empty array makes room for 17.
        if (cols === undefined) cols = [col];
        else cols.push(col);
      } else this.skip(tag);
    }
    return cols ?? [];
  }

  #readCol(): string {
    const size = this.readSize();
    const start = this.pos;
    const end = start + size;
    this.pos = end;
    if (this.#text === undefined || size > COPIED_SUBSTRING_LENGTH_MAX) {
      return readText(this.bytes, start, end);
    }
    return this.#text.substring(start - this.#textStart, end - this.#textStart);
  }
}

function decodeShape(bytes: Uint8Array): RetrieveShape {
  const reader = new WireReader(bytes);
  const shape = {
    entityLabel: "",
    featureGroups: [] as RetrieveGroup[],
    keysSchema: [] as string[],
  };
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === ENTITY_LABEL_TAG) shape.entityLabel = reader.readString();
    else if (tag === FEATURE_GROUP_TAG) shape.featureGroups.push(readGroup(reader));
    else if (tag === KEYS_SCHEMA_TAG) shape.keysSchema.push(reader.readString());
    else reader.skip(tag);
  }
  return shape;
}

/** Reads a length-delimited `{ 1 label string, 2 feature_labels string* }`. */
export function readGroup(reader: WireReader): RetrieveGroup {
  const outerEnd = reader.enter();
  const group = { label: "", featureLabels: [] as string[] };
  while (reader.pos < reader.end) {
    const tag = reader.readTag();
    if (tag === GROUP_LABEL_TAG) group.label = reader.readString();
    else if (tag === FEATURE_LABEL_TAG) group.featureLabels.push(reader.readString());
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return group;
}
