import type { ChangeRequest, RequestRepository } from "../database/ports.ts";

/**
 * The right to work on a request that is APPLYING. Each renewal moves it from APPLYING to APPLYING, which counts its
 * attempt up and makes it young again; whoever finds another attempt than the one it knows has lost the request to
 * somebody who thought it dead.
 */
export class Lease {
  readonly #requests: RequestRepository;
  #request: ChangeRequest;

  /** @param request as the move into APPLYING, or the last renewal, gave it */
  constructor(requests: RequestRepository, request: ChangeRequest) {
    this.#requests = requests;
    this.#request = request;
  }

  /** As it was last seen by the lease's holder. */
  get request(): ChangeRequest {
    return this.#request;
  }

  /** @returns false if somebody else has the request now */
  async renew(): Promise<boolean> {
    const { attempt } = this.#request;
    const renewed = await this.#requests.move(this.#request, "APPLYING", "APPLYING", { attempt });
    if (renewed === undefined) return false;
    this.#request = renewed;
    return true;
  }

  /** Ends the work. @returns the request as it is now; undefined if somebody else has it */
  end(
    status: "APPROVED" | "FAILED",
    change: {
      readonly rejectReason: string;
      readonly payload?: Readonly<Record<string, unknown>>;
    },
  ): Promise<ChangeRequest | undefined> {
    const { attempt } = this.#request;
    return this.#requests.move(this.#request, "APPLYING", status, { attempt, ...change });
  }
}
