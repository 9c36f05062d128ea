import type { ChangeRequest } from "../database/ports.ts";

/** Requests whose troubles are remembered; beyond that the oldest are forgotten, and so tried again earlier. */
const REMEMBERED_MAX = 10_000;

type RequestId = Pick<ChangeRequest, "kind" | "id">;

interface Trouble {
  readonly count: number;
  readonly untilMs: number;
}

/** Growing pauses between runs of requests that met trouble. */
export class RetryPauses {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #troubles = new Map<string, Trouble>();

  /** @param minMs the first pause; each further one doubles it, up to `maxMs` */
  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  isPausing(request: RequestId, nowMs: number): boolean {
    return (this.#troubles.get(nameOf(request))?.untilMs ?? 0) > nowMs;
  }

  /** @returns the pause in milliseconds */
  note(request: RequestId, nowMs: number): number {
    const name = nameOf(request);
    const count = (this.#troubles.get(name)?.count ?? 0) + 1;
    const pauseMs = Math.min(this.#minMs * 2 ** (count - 1), this.#maxMs);
    this.#troubles.delete(name);
    this.#troubles.set(name, { count, untilMs: nowMs + pauseMs });
    for (const oldest of this.#troubles.keys()) {
      if (this.#troubles.size <= REMEMBERED_MAX) break;
      this.#troubles.delete(oldest);
    }
    return pauseMs;
  }

  forget(request: RequestId): void {
    this.#troubles.delete(nameOf(request));
  }
}

function nameOf({ id, kind }: RequestId): string {
  return `${kind}/${id}`;
}
