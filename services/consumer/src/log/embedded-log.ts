import { join } from "node:path";
import { EmbeddedLog } from "@ofs/ingest";
import type { CheckResult, Logger } from "@ofs/platform";
import type { RecordLog } from "./record-log.ts";

/** Of the log, in the data folder. */
export const LOG_FOLDER = "log";

/** Damages that `/ready` names. */
const MAX_SHOWN = 10;

/** @throws {FeatureStoreError} FAILED_PRECONDITION if another process has it open */
export async function openEmbeddedLog(dataFolder: string, log: Logger): Promise<RecordLog> {
  const embedded = await EmbeddedLog.open(join(dataFolder, LOG_FOLDER), { log });
  return {
    name: "embedded log",
    isShared: false,
    createSource: ({ groupId, topics, start }) => embedded.source({ groupId, topics, start }),
    sink: embedded.sink(),
    admin: embedded.admin(),
    append: (records) => embedded.append(records),
    check: () => checkLog(embedded),
    close: () => embedded.close(),
  };
}

function checkLog(embedded: EmbeddedLog): CheckResult {
  const { state, refusals, damages } = embedded.status();
  if (state === "writable" && damages.length === 0) return { status: "ok", detail: { state } };
  const detail = {
    state,
    refusals: Object.fromEntries([...refusals].slice(0, MAX_SHOWN)),
    damages: damages.slice(0, MAX_SHOWN).map(({ message }) => message),
  };
  return { status: "warning", detail };
}
