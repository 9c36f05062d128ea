import { setTimeout as pause } from "node:timers/promises";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { RegistryAuthor, Revision } from "@ofs/registry";
import type { JobType } from "../changes/job-payloads.ts";
import { planRevocation } from "../changes/plan-tokens.ts";
import type { AuditRepository } from "../database/ports.ts";
import { describeProblems } from "./describe-problems.ts";
import { APPLY_LIMITS, CONFLICT_PAUSE_MS } from "./limits.ts";
import type { Actor } from "./ports.ts";

/** How long an answer waits until the revocation is shown here; it holds either way. */
const VISIBLE_TIMEOUT_MS = 2_000;

export interface TokenRevokerDeps {
  readonly registry: Pick<RegistryAuthor, "loadForWrite" | "writeIf">;
  readonly catalog: { waitFor(revision: Revision, timeoutMs: number): Promise<boolean> };
  readonly audit: Pick<AuditRepository, "add">;
  readonly newToken: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** Which job or client, and why, in the words of whoever asks. */
export interface Revocation {
  readonly jobType: JobType;
  readonly jobId: string;
  readonly reason: string;
}

/**
 * Takes all tokens of a job or client from it at once, without a request that waits: it only takes away, and whoever has
 * found a token where it should not be cannot wait for others.
 */
export class TokenRevoker {
  readonly #deps: TokenRevokerDeps;

  constructor(deps: TokenRevokerDeps) {
    this.#deps = deps;
  }

  /**
   * Repeatable. A rotation that was asked for before does not undo it.
   *
   * @throws {FeatureStoreError} NOT_FOUND; FAILED_PRECONDITION for a node that cannot be written safely; UNAVAILABLE
   */
  async revoke({ jobType, jobId, reason }: Revocation, by: Actor): Promise<void> {
    const { audit, catalog, log, now } = this.#deps;
    const entry = {
      atMs: now(),
      actor: by.email,
      action: "tokens.revoked",
      subject: `job ${jobType}/${jobId}`,
      details: { reason },
    };
    const revision = await this.#write(jobType, jobId);
    if (revision !== undefined) await catalog.waitFor(revision, VISIBLE_TIMEOUT_MS);
    try {
      await audit.add(entry);
    } catch (err) {
      log.error({ err, entry }, "audit entry could not be written");
    }
  }

  /** @returns undefined if there was nothing to write: they were revoked before */
  async #write(type: JobType, id: string): Promise<Revision | undefined> {
    const { newToken, random, registry } = this.#deps;
    const { conflictPauseMsMax, conflictsMax, loadTimeoutMs } = APPLY_LIMITS;
    for (let conflicts = 0; conflicts < conflictsMax; conflicts += 1) {
      const tree = await registry.loadForWrite(AbortSignal.timeout(loadTimeoutMs));
      const planned = planRevocation(type, id, tree, newToken);
      if ("problems" in planned) {
        const isMissing = planned.problems.some(({ reason }) => reason === "missing");
        const code = isMissing ? "NOT_FOUND" : "FAILED_PRECONDITION";
        throw new FeatureStoreError(code, describeProblems(planned.problems));
      }
      const { expectations, writes } = planned.plan;
      if (writes.length === 0) return undefined;
      const written = await registry.writeIf(writes, expectations);
      if ("revision" in written) return written.revision;
      await pause(Math.min(CONFLICT_PAUSE_MS * 2 ** conflicts, conflictPauseMsMax) * random());
    }
    throw new FeatureStoreError(
      "UNAVAILABLE",
      `the registry was changed by others ${conflictsMax} times in a row`,
    );
  }
}
