import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { RegistryTree } from "../source.ts";

/**
 * The file that a process starts from while its source is down. Text, one JSON value a line:
 *
 * | line | content |
 * | --- | --- |
 * | first | `{"format":"ofs-registry-tree","version":1,"source":"...","revision":n,"entryCount":n}` |
 * | one an entry | `["path","value in base64"]` |
 * | last | `{"sha256":"hex digest of all bytes before this line"}` |
 */
const FORMAT = "ofs-registry-tree";
const VERSION = 1;

/** Lines between two turns of the event loop: a large tree must not hold up requests. */
const LINES_PER_CHUNK = 500;

/** The tree holds reader tokens. */
const OWNER_ONLY = 0o600;

/**
 * Writes the tree so that the file is at each moment either the old one or the new one, even across a
 * loss of power.
 *
 * @param sourceName is checked when the file is loaded: another source's tree must not be served
 */
export async function writeTreeSnapshot(
  file: string,
  sourceName: string,
  tree: RegistryTree,
): Promise<void> {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", OWNER_ONLY);
    try {
      await writeLines(handle, sourceName, tree);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") throw new AggregateError([error, cause], "cannot clean up");
    });
    throw error;
  }
  await syncFolder(dirname(file));
}

async function writeLines(
  handle: FileHandle,
  sourceName: string,
  tree: RegistryTree,
): Promise<void> {
  const hash = createHash("sha256");
  const write = async (lines: readonly string[]): Promise<void> => {
    const chunk = Buffer.from(`${lines.join("\n")}\n`);
    hash.update(chunk);
    await handle.writeFile(chunk);
  };
  // A copy: the tree may change while the file is being written.
  const entries = [...tree.entries];
  const { revision } = tree;
  const entryCount = entries.length;
  const head = { format: FORMAT, version: VERSION, source: sourceName, revision, entryCount };
  await write([JSON.stringify(head)]);
  for (let start = 0; start < entries.length; start += LINES_PER_CHUNK) {
    await write(entries.slice(start, start + LINES_PER_CHUNK).map(toLine));
  }
  await handle.writeFile(`${JSON.stringify({ sha256: hash.digest("hex") })}\n`);
}

function toLine([path, value]: readonly [string, Uint8Array]): string {
  return JSON.stringify([path, Buffer.from(value).toString("base64")]);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Why a file cannot be served from. */
export class SnapshotFileError extends Error {
  override readonly name = "SnapshotFileError";
}

/**
 * @returns undefined if there is no file
 * @throws {SnapshotFileError} if the file is damaged, of another version, or of another source
 */
export async function loadTreeSnapshot(
  file: string,
  sourceName: string,
): Promise<RegistryTree | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SnapshotFileError("cannot be read", { cause: error });
  }
  return parseTreeSnapshot(bytes, sourceName);
}

/** @throws {SnapshotFileError} */
export function parseTreeSnapshot(bytes: Buffer, sourceName: string): RegistryTree {
  const bodyEnd = bytes.lastIndexOf("\n", bytes.length - 2) + 1;
  const body = bytes.subarray(0, bodyEnd);
  const tail = parseLine(bytes.toString("utf8", bodyEnd)) as { sha256?: unknown } | undefined;
  if (tail?.sha256 !== createHash("sha256").update(body).digest("hex")) {
    throw new SnapshotFileError("is damaged or cut off: its checksum does not match");
  }
  const lines = body.toString("utf8").split("\n");
  lines.pop();
  const head = parseHead(lines.shift() ?? "", sourceName);
  const entries = new Map<string, Uint8Array>();
  for (const line of lines) {
    const parsed = parseLine(line);
    const [path, value]: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
    if (typeof path !== "string" || typeof value !== "string") {
      throw new SnapshotFileError(`holds a bad entry after ${entries.size} good ones`);
    }
    entries.set(path, Buffer.from(value, "base64"));
  }
  if (entries.size !== head.entryCount) {
    throw new SnapshotFileError(`holds ${entries.size} entries, not ${head.entryCount}`);
  }
  return { entries, revision: head.revision };
}

interface SnapshotFileHead {
  readonly format?: unknown;
  readonly version?: unknown;
  readonly source?: unknown;
  readonly revision?: unknown;
  readonly entryCount?: unknown;
}

function parseHead(line: string, sourceName: string): { revision: number; entryCount: number } {
  const head = parseLine(line) as SnapshotFileHead | undefined;
  if (head?.format !== FORMAT || head.version !== VERSION) {
    throw new SnapshotFileError(`is not of the format ${FORMAT} ${VERSION}`);
  }
  if (head.source !== sourceName) {
    const found = JSON.stringify(head.source);
    throw new SnapshotFileError(`is of the source ${found}, not ${JSON.stringify(sourceName)}`);
  }
  const { revision, entryCount } = head;
  if (!Number.isSafeInteger(revision) || !Number.isSafeInteger(entryCount)) {
    throw new SnapshotFileError("has no revision or no entryCount");
  }
  return { revision: revision as number, entryCount: entryCount as number };
}

function parseLine(line: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
