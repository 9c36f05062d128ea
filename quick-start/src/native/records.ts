import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, isSameProcess, processIdentity, type RecordedProcess } from "@ofs/testkit";
import { z } from "zod";

const recordSchema = z.object({
  pid: z.int(),
  identity: z.string(),
  logFile: z.string(),
});

/** Who runs: one file a service, `run/NAME.json`, in the state folder. */
export class Records {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, "run");
  }

  async save(name: string, { pid, logFile }: { pid: number; logFile: string }): Promise<void> {
    const identity = await processIdentity(pid);
    if (identity === undefined) throw new Error(`${name} ended as it was started: see ${logFile}`);
    await mkdir(this.#folder, { recursive: true });
    const path = this.#path(name);
    await writeFile(`${path}.new`, `${JSON.stringify({ pid, identity, logFile })}\n`);
    await rename(`${path}.new`, path);
  }

  /** The process that was started last under this name. @throws {Error} naming a damaged file */
  async load(name: string): Promise<RecordedProcess | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path(name), "utf8");
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
    try {
      return recordSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw new Error(`${this.#path(name)} is damaged: remove it`, { cause });
    }
  }

  /** The process of this name, if it runs. */
  async running(name: string): Promise<RecordedProcess | undefined> {
    const record = await this.load(name);
    return record !== undefined && (await isSameProcess(record)) ? record : undefined;
  }

  async names(): Promise<string[]> {
    try {
      const files = await readdir(this.#folder);
      return files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}
