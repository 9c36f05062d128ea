import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeySpill } from "../src/deletes/key-spill.ts";
import { gatherTakenKeys } from "../src/deletes/taken-keys.ts";
import { KeyPlan } from "../src/messages/delete-messages.ts";
import { LateReader } from "../src/runs/late-reader.ts";
import { withTable } from "../src/runs/table-source.ts";
import { TestTable } from "../test/support/test-table.ts";

/**
 * What it takes to find the keys that an update took away which wrote a table of so many rows anew: one of a thousand is gone.
 *
 *     node --conditions=@ofs/source --import tsx services/populator/bench/deletes.ts [rows]
 */
const ROWS = Number(process.argv[2] ?? 1_000_000);
const MEBIBYTE = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "ofs-deletes-bench-"));
const reader = new LateReader(1);
const { signal } = new AbortController();
let rssMax = 0;

function look(): void {
  rssMax = Math.max(rssMax, process.memoryUsage().rss);
}

try {
  const table = new TestTable(join(folder, "table"), { id: "string", a: "long" });
  const rows = `select 'user-' || (i * 7919) as id, i as a from range(${ROWS}) t(i)`;
  await table.commit(rows);
  await table.replace(`${rows} where i % 1000 <> 0`);
  await reader.open();
  look();
  const before = { cpu: process.cpuUsage(), rss: rssMax, ms: performance.now() };
  const spill = new KeySpill({ folder, bytesMax: undefined, batchKeys: 2_000 });
  const access = { reader, storage: {}, spill: { folder, bytesMax: undefined } };
  await withTable(access, { path: table.path, format: "delta" }, signal, (opened) =>
    gatherTakenKeys({
      table: opened,
      version: 1,
      filter: [],
      keysOf: (schema) =>
        new KeyPlan(
          schema.slice(0, 1).map((field) => ({ field, name: field.name, toText: String })),
        ),
      spill,
      onRejects: () => Promise.resolve(),
      onBatch: () => Promise.resolve(look()),
      signal,
    }),
  );
  let count = 0;
  for await (const keys of spill.difference()) {
    count += keys.length;
    look();
  }
  await spill.close();
  const { user, system } = process.cpuUsage(before.cpu);
  const figures = {
    rows: ROWS,
    deletes: count,
    seconds: (performance.now() - before.ms) / 1_000,
    cpuSeconds: (user + system) / 1_000_000,
    rssBeforeMebibytes: Math.round(before.rss / MEBIBYTE),
    rssMaxMebibytes: Math.round(rssMax / MEBIBYTE),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
}
