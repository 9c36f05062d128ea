import type { EmbeddedTable } from "../environment.ts";

/**
 * Most bytes of a path in one database key. lmdb takes 1978, but long keys leave room for few entries in a page.
 */
const MAX_CHUNK_SIZE = 500;

/** First byte of a database key: what the chunk follows. */
const AT_ROOT = 0;
const AT_NODE = 1;

/** First byte of a database value. */
export const ROW_ENTRY = 0;
const NODE_ENTRY = 1;

const NODE_ID_SIZE = 6;
const NODE_SCOPE_SIZE = 1 + NODE_ID_SIZE;
const ROOT_SCOPE = Buffer.from([AT_ROOT]);

/** Where the next node id is kept, beside the tables. */
const NEXT_NODE_KEY = Buffer.from("next-node");

/**
 * Rows by their path, in the order of the paths. A path that is too long for a database key goes on in a node of its own,
 * which holds all paths with the same beginning, so that any length keeps its order.
 *
 * ```text
 * key    00, chunk                      the first bytes of a path
 *        01, node id (6), chunk         the bytes after those that lead to the node
 * value  00, ...                        the row whose path ends here
 *        01, node id (6)                where paths go on after a chunk of full length
 * ```
 *
 * Nodes are not taken away again.
 */
export class RowTree {
  readonly #entries: EmbeddedTable;
  readonly #counters: EmbeddedTable;

  constructor(entries: EmbeddedTable, counters: EmbeddedTable) {
    this.#entries = entries;
    this.#counters = counters;
  }

  /** @returns database key of the row with this path; undefined if there can be none */
  find(path: Uint8Array): Buffer | undefined {
    return this.#resolve(path, false);
  }

  /** As {@link find}, but makes what leads there. Only inside a transaction. */
  place(path: Uint8Array): Buffer {
    return this.#resolve(path, true) as Buffer;
  }

  /** Rows whose paths begin with this one, in order. */
  below(path: Uint8Array): RowCursor | undefined {
    const start = this.find(path);
    return start === undefined ? undefined : new RowCursor(this.#entries, start);
  }

  #resolve(path: Uint8Array, isPlacing: boolean): Buffer | undefined {
    let scope: Buffer = ROOT_SCOPE;
    let start = 0;
    while (path.length - start > MAX_CHUNK_SIZE) {
      const end = start + MAX_CHUNK_SIZE;
      const key = join(scope, path, start, end);
      const entry = this.#entries.getBinaryFast(key);
      if (entry !== undefined) scope = scopeOf(entry);
      else if (isPlacing) scope = this.#addNode(key);
      else return undefined;
      start = end;
    }
    return join(scope, path, start, path.length);
  }

  #addNode(key: Buffer): Buffer {
    const last = this.#counters.getBinary(NEXT_NODE_KEY);
    const counter = Buffer.alloc(NODE_ID_SIZE);
    counter.writeUIntBE((last === undefined ? 0 : readNodeId(last, 0)) + 1, 0, NODE_ID_SIZE);
    this.#counters.putSync(NEXT_NODE_KEY, counter);
    const entry = Buffer.concat([Buffer.from([NODE_ENTRY]), counter]);
    this.#entries.putSync(key, entry);
    return scopeOf(entry);
  }
}

interface Level {
  /** The next entry is there or behind. */
  start: Uint8Array;
  isStartDone: boolean;
  readonly end: Buffer;
}

/** What {@link RowCursor.visit} does with a row. */
export type RowVisitor = (value: Uint8Array, key: Uint8Array) => "more" | "stop";

/** A place among rows: each visit goes on after the last row of the one before, on the data of its own time. */
export class RowCursor {
  readonly #entries: EmbeddedTable;
  readonly #levels: Level[];

  /** @param prefix of the database keys */
  constructor(entries: EmbeddedTable, prefix: Buffer) {
    this.#entries = entries;
    this.#levels = [levelBelow(prefix)];
  }

  /** @returns false when the last row has been visited */
  visit(visitor: RowVisitor): boolean {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const outcome = this.#visitLevel(level, visitor);
      if (outcome === "stop") return true;
      if (outcome === "end") this.#levels.pop();
    }
    return false;
  }

  #visitLevel(level: Level, visitor: RowVisitor): "stop" | "end" | "down" {
    const range = { start: level.start, end: level.end, exclusiveStart: level.isStartDone };
    for (const { key, value } of this.#entries.getRange(range)) {
      level.start = key;
      level.isStartDone = true;
      if (value[0] === NODE_ENTRY) {
        this.#levels.push(levelBelow(scopeOf(value)));
        return "down";
      }
      if (visitor(value, key) === "stop") return "stop";
    }
    return "end";
  }
}

function levelBelow(prefix: Buffer): Level {
  return { start: prefix, isStartDone: false, end: successor(prefix) };
}

/** The first key behind all that begin with the prefix; its first byte is never ff. */
function successor(prefix: Buffer): Buffer {
  let size = prefix.length;
  while (prefix[size - 1] === 0xff) size--;
  const next = Buffer.from(prefix.subarray(0, size));
  next[size - 1] = (next[size - 1] as number) + 1;
  return next;
}

function join(scope: Buffer, path: Uint8Array, start: number, end: number): Buffer {
  const key = Buffer.allocUnsafe(scope.length + end - start);
  key.set(scope, 0);
  key.set(path.subarray(start, end), scope.length);
  return key;
}

function scopeOf(entry: Uint8Array): Buffer {
  const scope = Buffer.allocUnsafe(NODE_SCOPE_SIZE);
  scope[0] = AT_NODE;
  for (let index = 1; index < NODE_SCOPE_SIZE; index++) scope[index] = entry[index] as number;
  return scope;
}

function readNodeId(bytes: Uint8Array, offset: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUIntBE(offset, NODE_ID_SIZE);
}
