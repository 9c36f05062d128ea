import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import {
  type DataFile,
  DeltaTable,
  type FileReader,
  formatRow,
  openTableStorage,
  type TableField,
  type TableStorage,
} from "@ofs/delta";
import { installPythonPackages } from "@ofs/testkit";

const PACKAGES = ["deltalake==1.6.6", "pyarrow==26.0.1"];

/** A table that another program made, and what that program reads from it. */
export interface FixtureTable {
  readonly name: string;
  readonly location: string;
  /** Rows in the form of `formatRow`, by version; null: not told. */
  readonly versions: readonly (readonly unknown[] | null)[];
  /** Ids of new rows, by version. */
  readonly fresh: Readonly<Record<string, readonly unknown[]>>;
}

/** @returns path of an interpreter with the `deltalake` package */
export function installDeltalake(): Promise<string> {
  return installPythonPackages("deltalake-1.6.6", PACKAGES);
}

/**
 * Runs a script of the fixtures, or one of another folder, which may import theirs.
 *
 * @returns its standard output
 * @throws {Error} with what it says if it fails
 */
export async function runPython(
  python: string,
  script: string,
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
  } = {},
): Promise<string> {
  const fixtures = resolve(import.meta.dirname, "../fixtures");
  const { env = {}, cwd, input = "" } = options;
  const child = spawn(python, ["-B", resolve(fixtures, script), ...args], {
    cwd,
    env: { ...process.env, PYTHONPATH: fixtures, ...env },
  });
  try {
    const [out, faults, closed] = [text(child.stdout), text(child.stderr), once(child, "close")];
    child.stdin.end(input);
    const [code] = await closed;
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${await faults}`);
    return await out;
  } finally {
    child.kill();
  }
}

/** Reads all rows of files, as parsed lines of `formatRow`. */
export async function readRows(
  reader: FileReader,
  storage: TableStorage,
  { schema, files }: { schema: readonly TableField[]; files: readonly DataFile[] },
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const file of files) {
    for await (const batch of reader.read(storage, file, { fields: schema })) {
      for (let row = 0; row < batch.rowCount; row++) rows.push(JSON.parse(formatRow(batch, row)));
    }
  }
  return rows;
}

/** Rows in an order of their own: tables have none. */
export function inOrder(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** What this package reads of a fixture, in the form of the fixture. */
export async function readFixture(reader: FileReader, fixture: FixtureTable) {
  const storage = openTableStorage(fixture.location);
  try {
    const table = await DeltaTable.open(storage, reader);
    const versions: (string[] | null)[] = [];
    for (const [version, expected] of fixture.versions.entries()) {
      if (expected === null) versions.push(null);
      else versions.push(inOrder(await readRows(reader, storage, await table.snapshot(version))));
    }
    const fresh: Record<string, unknown[]> = {};
    for (const version of Object.keys(fixture.fresh)) {
      const rows = await readRows(reader, storage, await table.changes(Number(version)));
      fresh[version] = rows.map((row) => (row as { id?: unknown }).id).sort();
    }
    return { latest: await table.latestVersion(), versions, fresh };
  } finally {
    await storage.close();
  }
}

/** What a fixture wants to be read. */
export function expectedOf({ versions, fresh }: FixtureTable) {
  const sorted = Object.entries(fresh).map(([version, ids]) => [version, [...ids].sort()]);
  return {
    latest: versions.length - 1,
    versions: versions.map((rows) => (rows === null ? null : inOrder(rows))),
    fresh: Object.fromEntries(sorted),
  };
}
