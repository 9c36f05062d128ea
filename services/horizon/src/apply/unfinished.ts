import { FeatureStoreError } from "@ofs/platform";
import type { ChangeRequest } from "../database/ports.ts";
import type { ApplyLimits } from "./limits.ts";

/** Requests that are remembered; beyond that the oldest are forgotten, and found again when their lease is over. */
const REMEMBERED_MAX = 10_000;

/** A request could not be taken to its end: it is APPLYING still, and whoever worked on it has it still. */
export class UnfinishedError extends FeatureStoreError {
  override readonly name = "UnfinishedError";
  /** As it was last seen. */
  readonly request: ChangeRequest;

  constructor(request: ChangeRequest, cause: unknown) {
    const { id, kind } = request;
    // What was not thrown on purpose is for the log, not for callers.
    const reason = cause instanceof FeatureStoreError ? cause.message : "internal error";
    super(
      "UNAVAILABLE",
      `${kind} request ${id} is being applied, but could not be finished yet; it is tried again: ${reason}`,
      { cause },
    );
    this.request = request;
  }
}

interface Trouble {
  readonly request: ChangeRequest;
  readonly count: number;
  readonly untilMs: number;
}

/** What this process has begun and not finished, with growing pauses between its runs. */
export class Unfinished {
  readonly #limits: Pick<ApplyLimits, "retryPauseMs" | "retryPauseMsMax">;
  readonly #troubles = new Map<string, Trouble>();

  constructor(limits: Pick<ApplyLimits, "retryPauseMs" | "retryPauseMsMax">) {
    this.#limits = limits;
  }

  /** Of these requests and those that are remembered: whose pause is over. */
  due(stuck: readonly ChangeRequest[], nowMs: number): ChangeRequest[] {
    const known = [...this.#troubles.values()].filter(({ untilMs }) => untilMs <= nowMs);
    const others = stuck.filter((request) => !this.#troubles.has(nameOf(request)));
    return [...known.map(({ request }) => request), ...others];
  }

  /** @returns the pause in milliseconds */
  note(request: ChangeRequest, nowMs: number): number {
    const { retryPauseMs, retryPauseMsMax } = this.#limits;
    const name = nameOf(request);
    const count = (this.#troubles.get(name)?.count ?? 0) + 1;
    const pauseMs = Math.min(retryPauseMs * 2 ** (count - 1), retryPauseMsMax);
    this.#troubles.delete(name);
    this.#troubles.set(name, { request, count, untilMs: nowMs + pauseMs });
    for (const oldest of this.#troubles.keys()) {
      if (this.#troubles.size <= REMEMBERED_MAX) break;
      this.#troubles.delete(oldest);
    }
    return pauseMs;
  }

  forget(request: ChangeRequest): void {
    this.#troubles.delete(nameOf(request));
  }
}

function nameOf({ id, kind }: ChangeRequest): string {
  return `${kind}/${id}`;
}
