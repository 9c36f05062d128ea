/** Statistics of a file, as the log has them. */
export class FileStats {
  readonly #text: string;

  /** @param text JSON of the log; broken statistics are as good as none, they only help to leave files out */
  constructor(text: string) {
    this.#text = text;
  }

  /** Reads them; nothing of it is kept, because a table may have millions of files. */
  values(): StatsValues {
    return new StatsValues(parseStats(this.#text));
  }
}

/** Statistics of a file, by the physical names of columns. */
export class StatsValues {
  readonly #json: Readonly<Record<string, unknown>>;

  constructor(json: Readonly<Record<string, unknown>>) {
    this.#json = json;
  }

  /** Rows in the file; undefined where the writer did not tell. */
  get rowCount(): number | undefined {
    const { numRecords } = this.#json;
    return Number.isSafeInteger(numRecords) ? (numRecords as number) : undefined;
  }

  /** False where rows may have been deleted since counts were made. */
  get isTight(): boolean {
    const { tightBounds } = this.#json;
    return tightBounds !== false;
  }

  /** As in the log; undefined where the writer did not tell. */
  minimum(physicalName: string): unknown {
    return this.#of("minValues", physicalName);
  }

  /** As in the log; undefined where the writer did not tell. */
  maximum(physicalName: string): unknown {
    return this.#of("maxValues", physicalName);
  }

  /** Missing values of a column. */
  nullCount(physicalName: string): number | undefined {
    const count = this.#of("nullCount", physicalName);
    return Number.isSafeInteger(count) ? (count as number) : undefined;
  }

  #of(kind: string, physicalName: string): unknown {
    const { [kind]: values } = this.#json;
    if (typeof values !== "object" || values === null) return undefined;
    return Object.hasOwn(values, physicalName)
      ? (values as Readonly<Record<string, unknown>>)[physicalName]
      : undefined;
  }
}

function parseStats(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {}; // see the constructor
  }
}
