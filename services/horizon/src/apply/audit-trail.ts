import type { Logger } from "@ofs/platform";
import type { AuditEntry, AuditRepository, ChangeRequest } from "../database/ports.ts";

/** Who does what nobody asked for at that moment. */
export const SYSTEM_ACTOR = "system";

export type RequestAction =
  | "request.submitted"
  | "request.approved"
  | "request.rejected"
  | "request.applied"
  | "request.failed";

/**
 * Writes down what happens to requests. What happened stays so if its entry cannot be written: then the log has it, as an
 * error.
 */
export class AuditTrail {
  readonly #audit: AuditRepository;
  readonly #now: () => number;
  readonly #log: Logger;

  constructor(audit: AuditRepository, now: () => number, log: Logger) {
    this.#audit = audit;
    this.#now = now;
    this.#log = log;
  }

  /** @param subject what the request is about */
  async add(
    action: RequestAction,
    actor: string,
    { id, kind }: Pick<ChangeRequest, "kind" | "id">,
    subject: string,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const entry: Omit<AuditEntry, "id"> = {
      atMs: this.#now(),
      actor,
      action,
      subject: `${kind} ${subject}`.trimEnd(),
      details: { "request-id": id, ...details },
    };
    try {
      await this.#audit.add(entry);
    } catch (err) {
      this.#log.error({ err, entry }, "audit entry could not be written");
    }
  }
}
