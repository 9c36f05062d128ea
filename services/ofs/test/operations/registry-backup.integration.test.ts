import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EtcdRegistrySource } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SAMPLE_TREE_FILE } from "../../src/sample/sample-rows.ts";
import { type CliRun, cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const TIMEOUT_MS = 10_000;
/** With values as large as these, one conditional write does not take the tree. */
const LARGE_VALUES = 12;
const LARGE_BYTES = 100_000;

const appName = `ofs-backup-${randomUUID()}`;
let temporary: ReturnType<typeof temporaryFolder>;
let block: EtcdRegistrySource;
let row: EtcdRegistrySource;

function open(root: string): EtcdRegistrySource {
  const { text: endpoints } = serverAddress("etcd");
  return new EtcdRegistrySource({ endpoints, root, isWatchEnabled: false });
}

beforeEach(() => {
  temporary = temporaryFolder();
  block = open(`/config/${appName}`);
  row = open(`/row/${appName}/registry`);
});

afterEach(async () => {
  for (const source of [block, row]) {
    await clear(source);
    await source.close();
  }
  temporary.remove();
});

function ofs(...args: string[]): Promise<CliRun> {
  return cliRun(args, { env: { ETCD_SERVER: serverAddress("etcd").text, APP_NAME: appName } });
}

async function entriesOf(source: EtcdRegistrySource): Promise<Record<string, string>> {
  const { entries } = await source.load(AbortSignal.timeout(TIMEOUT_MS));
  const texts = [...entries].map(([path, value]) => [path, Buffer.from(value).toString("latin1")]);
  return Object.fromEntries(texts);
}

async function clear(source: EtcdRegistrySource): Promise<void> {
  const paths = Object.keys(await entriesOf(source));
  await source.write(
    paths.map((path) => ({ path, value: undefined })),
    { isChunked: true },
  );
}

async function fill(): Promise<void> {
  expect(await ofs("load", SAMPLE_TREE_FILE)).toMatchObject({ exitCode: 0 });
  await block.write([{ path: "odd/bytes", value: Buffer.from([0xff, 0x00, 0x0a]) }]);
  for (let index = 0; index < LARGE_VALUES; index += 1) {
    const value = Buffer.from(JSON.stringify({ text: '"'.repeat(LARGE_BYTES / 2) }));
    await row.write([{ path: `entities/large${index}`, value }]);
  }
}

it("brings the trees of both dialects back, into empty ones only", async () => {
  await fill();
  const before = [await entriesOf(block), await entriesOf(row)];
  const backup = join(temporary.path, "backup");
  expect(await ofs("backup", backup)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await ofs("verify", backup)).toMatchObject({ exitCode: 0 });

  const refused = await ofs("restore", backup);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/is not empty: .*--replace/),
  });

  await clear(block);
  await clear(row);
  const dryRun = await ofs("restore", backup, "--dry-run");
  expect(dryRun.stdout).toContain("+ entities/movie/label = movie\n");
  expect(dryRun.stdout).toContain("+ security/reader/quickstart = (hidden)\n");
  expect(await entriesOf(block)).toEqual({});
  expect(await ofs("restore", backup)).toMatchObject({ exitCode: 0, stderr: "" });
  expect([await entriesOf(block), await entriesOf(row)]).toEqual(before);
});

it("makes a changed tree as the backup is with --replace, and shows the difference before", async () => {
  await fill();
  const before = [await entriesOf(block), await entriesOf(row)];
  const backup = join(temporary.path, "backup");
  await ofs("backup", backup);
  await block.write([
    { path: "entities/movie/label", value: Buffer.from("film") },
    { path: "entities/new/label", value: Buffer.from("new") },
    { path: "entities/route/label", value: undefined },
  ]);
  await row.write([{ path: "entities/large0", value: undefined }]);
  const { stdout } = await ofs("restore", backup, "--replace", "--dry-run");
  expect(stdout).toContain("~ entities/movie/label: film -> movie\n");
  expect(stdout).toContain("+ entities/route/label = route\n");
  expect(stdout).toContain("- entities/new/label = new\n");
  expect(await ofs("restore", backup, "--replace")).toMatchObject({ exitCode: 0, stderr: "" });
  expect([await entriesOf(block), await entriesOf(row)]).toEqual(before);
  expect((await ofs("restore", backup, "--replace", "--dry-run")).stdout).toMatch(/: 0 changes\n/);
});

it("refuses a backup that is damaged, and writes nothing", async () => {
  await fill();
  const backup = join(temporary.path, "backup");
  await ofs("backup", backup);
  const file = join(backup, "registry.ndjson");
  writeFileSync(file, readFileSync(file, "utf8").replace("movie", "mowie"));
  await clear(block);
  await clear(row);
  const damaged = await ofs("restore", backup);
  expect(damaged).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("registry.ndjson"),
  });
  expect(await entriesOf(block)).toEqual({});
});
