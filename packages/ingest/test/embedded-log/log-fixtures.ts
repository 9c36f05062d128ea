import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedLog, type EmbeddedLogOptions, type NewRecord } from "@ofs/ingest";
import { createLogger, type Logger } from "@ofs/platform";
import { onTestFinished } from "vitest";

/** One line that the log wrote. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Remembers what is logged. */
export function memoryLogger(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as LogLine) };
  return { log: createLogger({ service: "test", level: "DEBUG", destination }), lines };
}

/** A folder that is gone after the test. */
export function testFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "ofs-log-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface TestLog {
  readonly log: EmbeddedLog;
  readonly folder: string;
  readonly lines: LogLine[];
}

/** A log that is closed after the test. */
export async function openLog(
  options: Partial<EmbeddedLogOptions> = {},
  folder = testFolder(),
): Promise<TestLog> {
  const { log: logger, lines } = memoryLogger();
  const log = await EmbeddedLog.open(folder, { log: logger, ...options });
  onTestFinished(() => log.close());
  return { log, folder, lines };
}

export function newRecord(topic: string, value: string | Uint8Array, partition = 0): NewRecord {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return { topic, partition, key: undefined, value: bytes, headers: [] };
}

export function texts(records: readonly { readonly value: Uint8Array | undefined }[]): string[] {
  return records.map(({ value }) => Buffer.from(value ?? []).toString());
}
