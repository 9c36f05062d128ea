import type { persist } from "@ofs/proto";
import { queryOf, ScenarioClient, writeOf } from "../scenarios/scenario-client.ts";
import { FEATURE, GROUP, KEY_COLUMN } from "./fault-tree.ts";

/** Deadline of every call of the load. */
export const CALL_DEADLINE_MS = 2000;

/** Reads and writes the one number of the faults' entity. */
export class ValueClient {
  readonly #client: ScenarioClient;
  readonly #entity: string;

  constructor(address: string, entity: string) {
    this.#client = new ScenarioClient(address, undefined, CALL_DEADLINE_MS);
    this.#entity = entity;
  }

  async read(keys: readonly string[]): Promise<number[]> {
    const query = queryOf(
      this.#entity,
      [KEY_COLUMN],
      { [GROUP]: [FEATURE] },
      keys.map((key) => [key]),
    );
    const { rows } = await this.#client.retrieve(query);
    if (rows.length !== keys.length) throw new Error(`${rows.length} rows for ${keys.length} keys`);
    return rows.map(({ columns }) => Buffer.from(columns?.[0] ?? []).readInt32LE(0));
  }

  async write(values: ReadonlyMap<string, number>): Promise<void> {
    const rows = [...values].map(([key, value]): [string[], persist.IValues] => [
      [key],
      { int32Values: [value] },
    ]);
    const query = writeOf(this.#entity, [KEY_COLUMN], { [GROUP]: [FEATURE] }, ...rows);
    await this.#client.persist(query);
  }

  close(): void {
    this.#client.close();
  }
}
