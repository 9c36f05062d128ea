import { brokenTable } from "../errors.ts";
import type { DataFile } from "../model/table-model.ts";
import type { TableField } from "../model/table-type.ts";
import { parseColumnMapping, parseSchema } from "../schema/parse-schema.ts";
import type { Action, MetaDataAction, ProtocolAction, RemoveAction } from "./actions.ts";
import { dataFileOf, keyOf } from "./data-files.ts";
import { requireReadable } from "./protocol.ts";

/** How a table is at a version, but for its files. */
export interface TableDescription {
  readonly schema: readonly TableField[];
  readonly partitionColumns: readonly string[];
  readonly configuration: ReadonlyMap<string, string>;
}

/** Takes actions up in the order of the log. */
export class LogState {
  readonly #location: string;
  readonly #files = new Map<string, DataFile>();
  #protocol: ProtocolAction | undefined;
  #metaData: MetaDataAction | undefined;
  #metaDataPath = "";

  constructor(location: string) {
    this.#location = location;
  }

  /** @param path of the file that has the actions */
  apply(actions: Iterable<Action>, path: string): void {
    for (const action of actions) {
      this.describe(action, path);
      if (action.remove !== undefined) this.#files.delete(keyOf(action.remove));
      // One that is there already changes its statistics only.
      if (action.add !== undefined) this.#files.set(keyOf(action.add), dataFileOf(action.add));
    }
  }

  /** Takes up what is no file. */
  describe(action: Action, path: string): void {
    this.#protocol = action.protocol ?? this.#protocol;
    if (action.metaData === undefined) return;
    this.#metaData = action.metaData;
    this.#metaDataPath = path;
  }

  /** The file that an action means, if it is there. */
  find(action: RemoveAction): DataFile | undefined {
    return this.#files.get(keyOf(action));
  }

  get files(): DataFile[] {
    return [...this.#files.values()];
  }

  /** @throws {DeltaError} if the table cannot be read, or nothing describes it */
  description(): TableDescription {
    if (this.#protocol === undefined) {
      throw brokenTable(`the log of ${this.#location} has no protocol action`);
    }
    requireReadable(this.#protocol, this.#location);
    const metaData = this.#metaData;
    if (metaData === undefined) {
      throw brokenTable(`the log of ${this.#location} has no metaData action`);
    }
    const { provider = "parquet" } = metaData.format ?? {};
    if (provider !== "parquet") {
      throw brokenTable(`${this.#metaDataPath}: files of format ${provider} are not known`);
    }
    const configuration = new Map(
      Object.entries(metaData.configuration).flatMap(([name, value]) =>
        value === null ? [] : [[name, value] as const],
      ),
    );
    const mapping = parseColumnMapping(configuration);
    const schema = parseSchema(metaData.schemaString, mapping, this.#metaDataPath);
    for (const column of metaData.partitionColumns) {
      if (!schema.some(({ name }) => name === column)) {
        throw brokenTable(`${this.#metaDataPath}: partition column ${column} is not in the schema`);
      }
    }
    return { schema, partitionColumns: metaData.partitionColumns, configuration };
  }

  /** A state of its own with the same description and no files. */
  copyDescription(): LogState {
    const copy = new LogState(this.#location);
    copy.#protocol = this.#protocol;
    copy.#metaData = this.#metaData;
    copy.#metaDataPath = this.#metaDataPath;
    return copy;
  }
}
