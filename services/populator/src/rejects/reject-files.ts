import { appendFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RowBatch } from "@ofs/delta";
import type { Reject } from "../messages/message-plan.ts";
import type { Shard } from "../runs/model.ts";

/** Lines of one version, from one process; what is beyond is counted only. */
const LINES_MAX = 100_000;

/** Files whose lines are counted; when there are more, counting begins anew. */
const COUNTED_FILES_MAX = 1_000;

/**
 * Refused rows as lines of JSON, in a file for each version of a run in a folder of this machine: file, row, cause, reason.
 * Rows of the batch that a crash interrupted may stand there twice.
 */
export class RejectFiles {
  readonly #folder: string | undefined;
  readonly #lineCounts = new Map<string, number>();

  /** @param folder undefined: none are written */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** @returns where the lines of a run are; undefined if none are written */
  folderOf({ tableName, generation }: Pick<Shard, "tableName" | "generation">): string | undefined {
    if (this.#folder === undefined) return undefined;
    return join(this.#folder, encodeURIComponent(tableName), String(generation));
  }

  /** @throws the system's error; then the rows are not done */
  async append(shard: Shard, batch: RowBatch, rejects: readonly Reject[]): Promise<void> {
    const folder = this.folderOf(shard);
    if (folder === undefined || rejects.length === 0) return;
    const path = join(folder, `${shard.version}.ndjson`);
    const count = this.#lineCounts.get(path) ?? 0;
    const room = Math.max(0, LINES_MAX - count);
    const lines = rejects.slice(0, room).map(({ index, cause, reason }) => {
      const row = batch.firstRow + index;
      return `${JSON.stringify({ file: shard.file.path, row, cause, reason })}\n`;
    });
    if (this.#lineCounts.size >= COUNTED_FILES_MAX) this.#lineCounts.clear();
    this.#lineCounts.set(path, count + rejects.length);
    if (lines.length === 0) return;
    await mkdir(folder, { recursive: true });
    await appendFile(path, lines.join(""));
  }

  /** Removes what earlier runs of a name left. */
  async forget(tableName: string): Promise<void> {
    if (this.#folder === undefined) return;
    await rm(join(this.#folder, encodeURIComponent(tableName)), { recursive: true, force: true });
    this.#lineCounts.clear();
  }
}
