import { setTimeout as pause } from "node:timers/promises";
import { type ErrorCode, FeatureStoreError, type Logger } from "@ofs/platform";
import type { RegistryAuthor } from "@ofs/registry";
import type { Change, ChangePlan, PlanContext } from "../changes/model.ts";
import type { ChangeRequest, RequestRepository } from "../database/ports.ts";
import { type AuditTrail, SYSTEM_ACTOR } from "./audit-trail.ts";
import type { ChangeRules } from "./change-rules.ts";
import { describeProblems, toReason } from "./describe-problems.ts";
import { Lease } from "./lease.ts";
import { type ApplyLimits, CONFLICT_PAUSE_MS } from "./limits.ts";
import type { TableMaker } from "./ports.ts";
import { withoutSecrets } from "./request-payload.ts";
import type { StepListener } from "./steps.ts";
import { UnfinishedError } from "./unfinished.ts";

/** What says of the change itself that it cannot be; everything else is trouble that may be over later. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
  "ALREADY_EXISTS",
  "OUT_OF_RANGE",
]);

/** How the carrying out of a change ended. */
type Ending =
  | { readonly status: "APPROVED"; readonly outcome: ChangePlan["outcome"] | undefined }
  | { readonly status: "FAILED"; readonly reason: string }
  /** Somebody else has the request now. */
  | { readonly status: "LOST" };

export interface ApplierDeps {
  readonly requests: RequestRepository;
  readonly registry: RegistryAuthor;
  readonly tables: TableMaker;
  readonly rules: ChangeRules;
  readonly context: PlanContext;
  readonly audit: AuditTrail;
  readonly log: Logger;
  readonly random: () => number;
  readonly limits: ApplyLimits;
  readonly onStep: StepListener;
}

/** Takes requests that are APPLYING to their end: tables, then the registry, then the request itself. */
export class Applier {
  readonly #deps: ApplierDeps;

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
  }

  /**
   * Repeatable: what an earlier run has done is recognised.
   *
   * @param request as the move into APPLYING gave it
   * @param isTakenUp an earlier run may have got anywhere
   * @returns the request at its end, or as somebody else has it now
   * @throws {UnfinishedError} if it could not be taken to an end: it is APPLYING still
   */
  async run(request: ChangeRequest, isTakenUp: boolean): Promise<ChangeRequest> {
    const lease = new Lease(this.#deps.requests, request);
    try {
      await this.#deps.onStep("claimed", request);
      const parsed = this.#deps.rules.parse(request.kind, request.payload);
      if ("problems" in parsed) {
        const reason = describeProblems(parsed.problems);
        return await this.#end(lease, "", isTakenUp, { status: "FAILED", reason });
      }
      const ending = await this.#carryOut(lease, parsed.change, isTakenUp);
      const subject = this.#deps.rules.subject(parsed.change);
      return await this.#end(lease, subject, isTakenUp, ending);
    } catch (error) {
      const { id, kind } = request;
      this.#deps.log.error({ err: error, kind, id }, "request could not be taken to its end yet");
      throw new UnfinishedError(lease.request, error);
    }
  }

  async #carryOut(lease: Lease, change: Change, isTakenUp: boolean): Promise<Ending> {
    try {
      return await this.#tryUntilWritten(lease, change, isTakenUp);
    } catch (error) {
      if (!(error instanceof FeatureStoreError) || !REFUSALS.has(error.code)) throw error;
      return { status: "FAILED", reason: error.message };
    }
  }

  /** Plans and writes, anew as long as others are quicker. */
  async #tryUntilWritten(lease: Lease, change: Change, isTakenUp: boolean): Promise<Ending> {
    const { limits, random } = this.#deps;
    for (let conflicts = 0; conflicts < limits.conflictsMax; conflicts += 1) {
      const ending = await this.#try(lease, change, isTakenUp);
      if (ending !== undefined) return ending;
      const ceilingMs = Math.min(CONFLICT_PAUSE_MS * 2 ** conflicts, limits.conflictPauseMsMax);
      await pause(ceilingMs * random());
    }
    throw new FeatureStoreError(
      "UNAVAILABLE",
      `the registry was changed by others ${limits.conflictsMax} times in a row`,
    );
  }

  /** @returns undefined if the registry was changed between the plan and its write: nothing is written then */
  async #try(lease: Lease, change: Change, isTakenUp: boolean): Promise<Ending | undefined> {
    const { context, limits, onStep, registry, rules, tables } = this.#deps;
    const receipt = receiptOf(lease.request);
    const tree = await registry.loadForWrite(AbortSignal.timeout(limits.loadTimeoutMs));
    await onStep("loaded", lease.request);
    // A run that nobody else has begun knows what it has written. So what is there already is another's, and a conflict.
    if (isTakenUp && (tree.receipts.includes(receipt) || rules.isCarriedOut(change, tree))) {
      return { status: "APPROVED", outcome: undefined };
    }
    const planned = rules.plan(change, tree, context);
    if ("problems" in planned) {
      return { status: "FAILED", reason: describeProblems(planned.problems) };
    }
    const { expectations, outcome, tables: needs, writes } = planned.plan;
    await onStep("planned", lease.request);
    for (const need of needs) await tables.make(need);
    await onStep("tables-made", lease.request);
    if (!(await lease.renew())) return { status: "LOST" };
    const written = await registry.writeIf(writes, expectations, receipt);
    if ("conflict" in written) return undefined;
    await onStep("registry-written", lease.request);
    return { status: "APPROVED", outcome };
  }

  async #end(
    lease: Lease,
    subject: string,
    isTakenUp: boolean,
    ending: Ending,
  ): Promise<ChangeRequest> {
    if (ending.status === "LOST") return this.#asItIs(lease.request);
    const isApproved = ending.status === "APPROVED";
    const ended = await (isApproved
      ? lease.end("APPROVED", {
          rejectReason: "",
          payload: withoutSecrets(lease.request.payload),
        })
      : lease.end("FAILED", { rejectReason: toReason(ending.reason) }));
    if (ended === undefined) return this.#asItIs(lease.request);
    await this.#deps.onStep("finished", ended);
    await this.#deps.audit.add(
      isApproved ? "request.applied" : "request.failed",
      isTakenUp ? SYSTEM_ACTOR : ended.approvedBy,
      ended,
      subject,
      isApproved ? { outcome: ending.outcome ?? {} } : { reason: ending.reason },
    );
    return ended;
  }

  async #asItIs({ kind, id }: ChangeRequest): Promise<ChangeRequest> {
    const request = await this.#deps.requests.find(kind, id);
    if (request !== undefined) return request;
    throw new FeatureStoreError("INTERNAL", `${kind} request ${id} is gone`);
  }
}

/**
 * What the registry keeps of a request's write: whoever takes the request up knows by it that all is done, also where others
 * have changed the same since. The time tells apart databases that count from 1 again.
 */
function receiptOf({ createdAtMs, id, kind }: ChangeRequest): string {
  return `${kind}/${id}/${createdAtMs}`;
}
