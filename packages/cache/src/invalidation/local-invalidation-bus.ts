import type { InvalidationChannel, InvalidationListener } from "../ports.ts";

/** Connects engines that live in one process: each `join`s, and hears of what the others write before they answer. */
export class LocalInvalidationBus {
  readonly #members = new Set<Member>();

  /** @returns the way of one engine to the others; closing it leaves the bus */
  join(): InvalidationChannel {
    const member = new Member(this.#members);
    this.#members.add(member);
    return member;
  }
}

class Member implements InvalidationChannel {
  readonly #members: Set<Member>;
  #listener: InvalidationListener | undefined;

  constructor(members: Set<Member>) {
    this.#members = members;
  }

  async publish(keys: readonly string[]): Promise<void> {
    for (const member of this.#members) if (member !== this) member.#listener?.invalidate(keys);
  }

  subscribe(listener: InvalidationListener): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#members.delete(this);
    this.#listener = undefined;
  }
}
