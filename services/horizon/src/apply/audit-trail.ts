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

/** Entries that wait to be written; of more the oldest are in the log alone. */
const UNWRITTEN_MAX = 1_000;

/**
 * Writes down what was done. What happened stays so if its entry cannot be written: then the log has it, as an
 * error, and it is tried again, with the time at which it happened. It may be there twice then, where only the answer was lost.
 */
export class AuditTrail {
  readonly #audit: AuditRepository;
  readonly #now: () => number;
  readonly #log: Logger;
  #unwritten: Omit<AuditEntry, "id">[] = [];

  constructor(audit: AuditRepository, now: () => number, log: Logger) {
    this.#audit = audit;
    this.#now = now;
    this.#log = log;
  }

  /** What happens to a request. @param subject what it is about */
  async add(
    action: RequestAction,
    actor: string,
    { id, kind }: Pick<ChangeRequest, "kind" | "id">,
    subject: string,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.note({
      actor,
      action,
      subject: `${kind} ${subject}`.trimEnd(),
      details: { "request-id": id, ...details },
    });
  }

  /** Never rejects. */
  async note(what: Omit<AuditEntry, "id" | "atMs">): Promise<void> {
    const entry: Omit<AuditEntry, "id"> = { atMs: this.#now(), ...what };
    try {
      await this.#audit.add(entry);
    } catch (err) {
      this.#log.error({ err, entry }, "audit entry could not be written yet");
      this.#unwritten = [...this.#unwritten, entry].slice(-UNWRITTEN_MAX);
    }
  }

  /** Tries again what could not be written, in order, up to the first that fails again. Never rejects. */
  async writeUnwritten(): Promise<void> {
    const entries = this.#unwritten;
    this.#unwritten = [];
    for (const [index, entry] of entries.entries()) {
      try {
        await this.#audit.add(entry);
      } catch (err) {
        this.#log.warn({ err, count: entries.length - index }, "audit entries wait to be written");
        this.#unwritten = [...entries.slice(index), ...this.#unwritten].slice(-UNWRITTEN_MAX);
        return;
      }
    }
  }
}
