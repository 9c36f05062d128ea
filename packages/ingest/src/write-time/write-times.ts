/** Milliseconds whose records are counted: records of one millisecond come close together. */
const REMEMBERED_MS = 8;
/** A write time has room for so many records of one millisecond; all further ones share the last place. */
const LAST_PLACE = 999;
/** Version of the text, then `ms:count` for each millisecond, the one used last at the end. */
const VERSION = "wt1";
const ENTRY = /^(\d{1,15}):(\d{1,4})$/;

/**
 * Places of a partition's records among those of the same millisecond. What it remembers depends on the records seen
 * alone, so a reader that goes on elsewhere from the same state gives the same places.
 */
export class WriteTimes {
  /** Parallel; the millisecond used last is at the end. */
  readonly #ms: number[] = [];
  readonly #counts: number[] = [];

  /** @param ms whole Unix milliseconds @returns write time in microseconds, with the record's place in it */
  next(ms: number): number {
    return ms * 1000 + this.#count(ms);
  }

  /** For the metadata of a commit: at most some 150 characters. */
  format(): string {
    let text = VERSION;
    for (let index = 0; index < this.#ms.length; index++) {
      text += ` ${this.#ms[index]}:${this.#counts[index]}`;
    }
    return text;
  }

  /** @returns `undefined` if the text is not one that `format` made; nothing remembered, for an empty text */
  static parse(text: string): WriteTimes | undefined {
    const times = new WriteTimes();
    if (text === "") return times;
    const [version, ...entries] = text.split(" ");
    if (version !== VERSION || entries.length > REMEMBERED_MS) return undefined;
    for (const entry of entries) {
      const [, ms, count] = ENTRY.exec(entry) ?? [];
      if (ms === undefined || count === undefined) return undefined;
      times.#ms.push(Number(ms));
      times.#counts.push(Math.min(Number(count), LAST_PLACE + 1));
    }
    return times;
  }

  /** @returns how many records of this millisecond came before, at most `LAST_PLACE` */
  #count(ms: number): number {
    const last = this.#ms.length - 1;
    const index = this.#ms[last] === ms ? last : this.#ms.lastIndexOf(ms);
    if (index === -1) {
      this.#remember(ms, 1);
      return 0;
    }
    const count = this.#counts[index] as number;
    const next = Math.min(count + 1, LAST_PLACE + 1);
    if (index === last) this.#counts[last] = next;
    else this.#moveToEnd(index, ms, next);
    return Math.min(count, LAST_PLACE);
  }

  #moveToEnd(index: number, ms: number, count: number): void {
    this.#ms.splice(index, 1);
    this.#counts.splice(index, 1);
    this.#remember(ms, count);
  }

  #remember(ms: number, count: number): void {
    if (this.#ms.length === REMEMBERED_MS) {
      this.#ms.shift();
      this.#counts.shift();
    }
    this.#ms.push(ms);
    this.#counts.push(count);
  }
}
