import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedLog } from "@ofs/ingest";
import { type SourceSubject, sourceContract } from "../sources/source-contract.ts";
import { memoryLogger } from "./log-fixtures.ts";

const LARGEST_RECORD_BYTES = 10 * 1024 * 1024;

async function open(): Promise<SourceSubject> {
  const folder = mkdtempSync(join(tmpdir(), "ofs-log-"));
  const log = await EmbeddedLog.open(folder, { log: memoryLogger().log });
  const admin = log.admin();
  const sink = log.sink();
  let topicCount = 0;
  return {
    admin,
    largestRecordBytes: LARGEST_RECORD_BYTES,
    async createTopic(partitionCount) {
      const name = `topic-${topicCount++}`;
      await admin.createTopic(name, { partitionCount });
      return name;
    },
    produce: (records) => sink.produce(records),
    member: ({ group, ...options }) => log.source({ groupId: group, ...options }),
    async close() {
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

sourceContract("the embedded log", open);
