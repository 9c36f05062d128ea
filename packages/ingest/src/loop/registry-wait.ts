import type { Message } from "./message.ts";

interface MissingName {
  readonly sinceMs: number;
  lastSeenMs: number;
  messages: Message[];
  /** It was missing for too long: messages wait for it no more. */
  isGivenUp: boolean;
}

/** A name that was given up is remembered for so many times the longest wait, counted from when it was last missed. */
const REMEMBERED_WAITS = 10;

/**
 * Messages that name what the registry does not have, by that name. All of a name wait until the same time, counted
 * from when it was first missed; after that no message waits for it any more.
 */
export class RegistryWait {
  readonly #waitMs: number;
  readonly #maxNames: number;
  readonly #names = new Map<string, MissingName>();

  constructor(waitMs: number, maxNames: number) {
    this.#waitMs = waitMs;
    this.#maxNames = maxNames;
  }

  /** @returns whether it waits; if not, the name's time is up */
  add(message: Message, missing: string, nowMs: number): boolean {
    const name = this.#names.get(missing) ?? this.#remember(missing, nowMs);
    name.lastSeenMs = nowMs;
    if (name.isGivenUp || nowMs - name.sinceMs >= this.#waitMs) return false;
    name.messages.push(message);
    message.isWaiting = true;
    message.partition.waitingRecords += 1;
    return true;
  }

  /**
   * The registry has changed: those whose name may be there now wait no more.
   *
   * @param isStillMissing asks about one message of a name, for all
   */
  released(isStillMissing: (message: Message, missing: string) => boolean): Message[] {
    const released: Message[] = [];
    for (const [missing, name] of this.#names) {
      const [first] = name.messages;
      if (first === undefined || isStillMissing(first, missing)) continue;
      release(name, released);
      this.#names.delete(missing);
    }
    return released;
  }

  /** @returns those that have waited long enough: each is to be tried once more */
  expired(nowMs: number): Message[] {
    const expired: Message[] = [];
    for (const [missing, name] of this.#names) {
      if (!name.isGivenUp && nowMs - name.sinceMs >= this.#waitMs) {
        name.isGivenUp = true;
        release(name, expired);
      } else if (name.isGivenUp && nowMs - name.lastSeenMs >= this.#waitMs * REMEMBERED_WAITS) {
        this.#names.delete(missing);
      }
    }
    return expired;
  }

  /** Forgets the messages of dropped partitions. */
  dropDead(): void {
    for (const name of this.#names.values()) {
      name.messages = name.messages.filter(({ partition }) => !partition.isOver);
    }
  }

  #remember(missing: string, nowMs: number): MissingName {
    if (this.#names.size >= this.#maxNames) this.#forgetOne();
    const name = { sinceMs: nowMs, lastSeenMs: nowMs, messages: [], isGivenUp: false };
    this.#names.set(missing, name);
    return name;
  }

  /** Names that messages wait for stay: those are bounded by the records in flight. */
  #forgetOne(): void {
    for (const [missing, { messages }] of this.#names) {
      if (messages.length > 0) continue;
      this.#names.delete(missing);
      return;
    }
  }
}

function release(name: MissingName, into: Message[]): void {
  for (const message of name.messages) {
    message.isWaiting = false;
    message.partition.waitingRecords -= 1;
    into.push(message);
  }
  name.messages = [];
}
