import { createInterface } from "node:readline";
import { createLogger } from "@ofs/platform";
import { EmbeddedLog } from "../../../dist/embedded-log/index.js";

const APPENDER_COUNT = 6;

/** Small, so that files are finished and begun all the time. */
const SEGMENT_BYTES = 16 * 1024;

const MAX_VALUE_BYTES = 3000;

/**
 * Appends records and commits what it reads until it is killed, and tells the parent of all that is acknowledged:
 * `append <partition> <offset> <value's beginning>` and `commit <partition> <offset>`.
 * Arguments: folder, round.
 */
const [folder, round] = process.argv.slice(2);
process.stdout.write("loaded\n");
await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));

const logger = createLogger({ service: "child", level: "DISABLED" });
const log = await EmbeddedLog.open(folder, { log: logger, segmentBytes: SEGMENT_BYTES });
process.stdout.write("open\n");

async function appendForEver(appender) {
  for (let call = 0; ; call++) {
    const ids = Array.from({ length: 1 + (call % 3) }, (_, index) => {
      return `${round}.${appender}.${call}.${index}`;
    });
    const positions = await log.append(
      ids.map((id, index) => {
        const size = (call * 257 + index * 31) % MAX_VALUE_BYTES;
        const value = Buffer.from(`${id} `.padEnd(size, "x"));
        return { topic: "crash", key: Buffer.from(id), value, headers: [["id", Buffer.from(id)]] };
      }),
    );
    for (const [index, { partition, offset }] of positions.entries()) {
      process.stdout.write(`append ${partition} ${offset} ${ids[index]}\n`);
    }
  }
}

const source = log.source({ groupId: "readers", topics: ["crash"], fetchBytes: 20_000 });
const read = new Map();
await source.start({
  assigned: () => undefined,
  revoked: () => Promise.resolve(),
  lost: () => undefined,
  records: ({ partition }, records) => {
    const last = records.at(-1);
    if (last !== undefined) read.set(partition, last.offset + 1);
  },
});

async function commitForEver() {
  for (;;) {
    const commits = [...read].map(([partition, offset]) => {
      return { topic: "crash", partition, offset, metadata: `read to ${offset}` };
    });
    read.clear();
    await source.commit(commits);
    for (const { partition, offset } of commits)
      process.stdout.write(`commit ${partition} ${offset}\n`);
    await new Promise(setImmediate);
  }
}

await Promise.all([
  commitForEver(),
  ...Array.from({ length: APPENDER_COUNT }, (_, appender) => appendForEver(appender)),
]);
