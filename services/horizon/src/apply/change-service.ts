import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { RegistryAuthor, RegistryTree } from "@ofs/registry";
import { diffTree } from "../changes/diff-tree.ts";
import type { Change, ChangeKind, ChangeProblem, PlanContext, Planned } from "../changes/model.ts";
import type {
  AuditRepository,
  ChangeRequest,
  RequestRepository,
  RequestStatus,
} from "../database/ports.ts";
import { Applier } from "./applier.ts";
import { AuditTrail } from "./audit-trail.ts";
import { CHANGE_RULES, type ChangeRules } from "./change-rules.ts";
import { APPLY_LIMITS, type ApplyLimits, REASON_LENGTH_MAX } from "./limits.ts";
import type {
  Actor,
  ChangePreview,
  ChangeService,
  Decision,
  SubmitOutcome,
  TableMaker,
} from "./ports.ts";
import { filledPayload, withoutSecrets, withToken } from "./request-payload.ts";
import { IGNORE_STEPS, type StepListener } from "./steps.ts";
import { Unfinished, UnfinishedError } from "./unfinished.ts";

export interface ChangeServiceDeps {
  readonly requests: RequestRepository;
  readonly audit: AuditRepository;
  readonly registry: RegistryAuthor;
  readonly tables: TableMaker;
  /** Default: those of `changes/`. */
  readonly rules?: ChangeRules;
  readonly context: PlanContext;
  readonly log: Logger;
  /** Whether nobody may approve a request of their own. */
  readonly isFourEyes: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly limits?: Partial<ApplyLimits>;
  readonly onStep?: StepListener;
}

/**
 * Requests go through these states; each move is a compare-and-set in the database, so of several that try, one wins:
 *
 *     PENDING APPROVAL --approve--> APPLYING --all is written--> APPROVED
 *            |                      |    ^ |
 *            |                      |    | +--trouble: it stays, the reconciler takes it up
 *            |         cannot be--> FAILED --approve--> (again)
 *            +--reject--> REJECTED <--reject--+
 *
 * A FAILED request may be approved again, once what stood in its way is gone, or rejected for good. APPROVED and REJECTED
 * are final, and without secrets.
 */
export function createChangeService(deps: ChangeServiceDeps): ChangeService {
  return new Changes(deps);
}

/** What a decision may be made about. */
const DECIDABLE: readonly RequestStatus[] = ["PENDING APPROVAL", "FAILED"];

class Changes implements ChangeService {
  readonly #deps: ChangeServiceDeps;
  readonly #rules: ChangeRules;
  readonly #limits: ApplyLimits;
  readonly #audit: AuditTrail;
  readonly #applier: Applier;
  readonly #unfinished: Unfinished;

  constructor(deps: ChangeServiceDeps) {
    this.#deps = deps;
    this.#rules = deps.rules ?? CHANGE_RULES;
    this.#limits = { ...APPLY_LIMITS, ...deps.limits };
    this.#audit = new AuditTrail(deps.audit, deps.now, deps.log);
    this.#unfinished = new Unfinished(this.#limits);
    this.#applier = new Applier({
      ...deps,
      rules: this.#rules,
      audit: this.#audit,
      limits: this.#limits,
      onStep: deps.onStep ?? IGNORE_STEPS,
    });
  }

  async submit(
    kind: ChangeKind,
    body: unknown,
    by: Actor,
    { idempotencyKey }: { readonly idempotencyKey: string | undefined },
  ): Promise<SubmitOutcome> {
    if (by.role === "viewer") throw denied("to ask for changes");
    const asked = readBody(body);
    if ("problems" in asked) return asked;
    const { context } = this.#deps;
    const { payload, madeToken } = withToken(
      kind,
      filledPayload(asked.payload, by),
      context.newToken,
    );
    const parsed = this.#rules.parse(kind, payload);
    if ("problems" in parsed) return parsed;
    const subject = this.#rules.subject(parsed.change);
    // Before the dry run: what was sent before may be carried out by now, and would not pass again.
    const sent = await this.#sentBefore(kind, subject, by, idempotencyKey);
    if (sent !== undefined) return sent;
    const planned = await this.#dryRun(parsed.change);
    if ("problems" in planned) return planned;
    const submitted = await this.#deps.requests.submit({
      kind,
      payload,
      createdBy: by.email,
      subject,
      idempotencyKey,
    });
    if ("waiting" in submitted) return waits(submitted.waiting, subject);
    const { request, isRepeated } = submitted;
    if (isRepeated) return { request, isRepeated, madeToken: undefined };
    await this.#audit.add("request.submitted", by.email, request, subject);
    return { request, isRepeated, madeToken };
  }

  async preview(kind: ChangeKind, body: unknown): Promise<ChangePreview> {
    const parsed = this.#rules.parse(kind, body);
    if ("problems" in parsed) return { ...parsed, plan: undefined, keys: [] };
    const tree = await this.#load();
    const planned = this.#rules.plan(parsed.change, tree, this.#deps.context);
    if ("problems" in planned) return { ...planned, plan: undefined, keys: [] };
    const { outcome, tables, writes } = planned.plan;
    return { problems: [], plan: { tables, outcome }, keys: diffTree(tree, writes) };
  }

  async previewRequest(kind: ChangeKind, id: number): Promise<ChangePreview> {
    const { payload } = await this.#find([kind], id);
    return this.preview(kind, payload);
  }

  async decide(
    kinds: readonly ChangeKind[],
    id: number,
    decision: Decision,
    by: Actor,
  ): Promise<ChangeRequest> {
    if (by.role !== "approver" && by.role !== "admin") throw denied("to decide about changes");
    assertReason(decision);
    const request = await this.#find(kinds, id);
    if (!DECIDABLE.includes(request.status)) throw notPending(request);
    return decision.status === "REJECTED"
      ? this.#reject(request, decision.rejectReason, by)
      : this.#approve(request, by);
  }

  async reconcile(): Promise<number> {
    const { now, requests } = this.#deps;
    await this.#audit.writeUnwritten();
    const stuck = await requests.stuck(now() - this.#limits.leaseMs);
    const due = this.#unfinished.due(stuck, now()).slice(0, this.#limits.reconcileBatchMax);
    let count = 0;
    const work = async (): Promise<void> => {
      for (let next = due.shift(); next !== undefined; next = due.shift()) {
        if (await this.#takeUp(next)) count += 1;
      }
    };
    const { reconcileConcurrency: length } = this.#limits;
    const workers = await Promise.allSettled(Array.from({ length }, work));
    for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
    return count;
  }

  /** @returns whether nobody else was quicker */
  async #takeUp(request: ChangeRequest): Promise<boolean> {
    const { attempt, id, kind } = request;
    const claimed = await this.#deps.requests.move(request, "APPLYING", "APPLYING", { attempt });
    if (claimed === undefined) {
      this.#unfinished.forget(request);
      return false;
    }
    this.#deps.log.info({ kind, id, attempt: claimed.attempt }, "request is taken up");
    try {
      await this.#run(claimed, true);
    } catch (error) {
      // It is noted, and logged with its cause: the next look goes on.
      if (!(error instanceof UnfinishedError)) throw error;
    }
    return true;
  }

  async #run(request: ChangeRequest, isTakenUp: boolean): Promise<ChangeRequest> {
    try {
      const ended = await this.#applier.run(request, isTakenUp);
      this.#unfinished.forget(request);
      return ended;
    } catch (error) {
      if (error instanceof UnfinishedError) {
        const pauseMs = this.#unfinished.note(error.request, this.#deps.now());
        this.#deps.log.warn({ kind: request.kind, id: request.id, pauseMs }, "request waits");
      }
      throw error;
    }
  }

  async #reject(request: ChangeRequest, rejectReason: string, by: Actor): Promise<ChangeRequest> {
    const rejected = await this.#decide(request, "REJECTED", {
      approvedBy: by.email,
      rejectReason,
    });
    const details = { reason: rejectReason };
    await this.#audit.add("request.rejected", by.email, rejected, this.#subject(request), details);
    return rejected;
  }

  async #approve(request: ChangeRequest, by: Actor): Promise<ChangeRequest> {
    const isOwn = request.createdBy.toLowerCase() === by.email.toLowerCase();
    if (this.#deps.isFourEyes && isOwn) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `request ${request.id} is your own: somebody else must approve it`,
      );
    }
    const change = { approvedBy: by.email, rejectReason: "" };
    const applying = await this.#decide(request, "APPLYING", change);
    await this.#audit.add("request.approved", by.email, applying, this.#subject(request));
    return this.#run(applying, false);
  }

  /** The gate: of several decisions about a request, one passes. */
  async #decide(
    request: ChangeRequest,
    to: "APPLYING" | "REJECTED",
    change: { readonly approvedBy: string; readonly rejectReason: string },
  ): Promise<ChangeRequest> {
    const { attempt } = request;
    const secrets = to === "REJECTED" ? { payload: withoutSecrets(request.payload) } : {};
    const moved = await this.#deps.requests.move(request, request.status, to, {
      ...change,
      ...secrets,
      attempt,
    });
    if (moved !== undefined) return moved;
    throw notPending(await this.#find([request.kind], request.id));
  }

  /** @returns what the same key has made before; the token that was made then is not shown again */
  async #sentBefore(
    kind: ChangeKind,
    subject: string,
    by: Actor,
    idempotencyKey: string | undefined,
  ): Promise<SubmitOutcome | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const request = await this.#deps.requests.findByIdempotencyKey(by.email, idempotencyKey);
    if (request === undefined) return undefined;
    if (request.kind === kind && this.#subject(request) === subject) {
      return { request, isRepeated: true, madeToken: undefined };
    }
    return refusal(
      "conflict",
      `the Idempotency-Key was sent before, with ${request.kind} request ${request.id}`,
    );
  }

  async #dryRun(change: Change): Promise<Planned> {
    return this.#rules.plan(change, await this.#load(), this.#deps.context);
  }

  /** What the registry does not allow this process is no matter of the caller's role. */
  async #load(): Promise<RegistryTree> {
    try {
      return await this.#deps.registry.load(AbortSignal.timeout(this.#limits.loadTimeoutMs));
    } catch (error) {
      if (!(error instanceof FeatureStoreError) || error.code !== "PERMISSION_DENIED") throw error;
      throw new FeatureStoreError("UNAVAILABLE", error.message, { cause: error });
    }
  }

  async #find(kinds: readonly ChangeKind[], id: number): Promise<ChangeRequest> {
    for (const kind of kinds) {
      const request = await this.#deps.requests.find(kind, id);
      if (request !== undefined && kinds.includes(request.kind)) return request;
    }
    throw new FeatureStoreError("NOT_FOUND", `there is no ${kinds.join(" or ")} request ${id}`);
  }

  #subject({ kind, payload }: ChangeRequest): string {
    const parsed = this.#rules.parse(kind, payload);
    return "change" in parsed ? this.#rules.subject(parsed.change) : "";
  }
}

type Refusal = { readonly problems: readonly [ChangeProblem, ...ChangeProblem[]] };

function readBody(
  body: unknown,
): { readonly payload: Readonly<Record<string, unknown>> } | Refusal {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return { payload: body as Readonly<Record<string, unknown>> };
  }
  return refusal("invalid", "the body must be a JSON object");
}

function waits({ id, createdBy, kind }: ChangeRequest, subject: string): Refusal {
  return refusal("conflict", `${kind} request ${id} of ${createdBy} for ${subject} waits already`);
}

function refusal(reason: ChangeProblem["reason"], message: string): Refusal {
  return { problems: [{ field: "", message, reason }] };
}

function assertReason({ rejectReason }: Decision): void {
  if ([...rejectReason].length <= REASON_LENGTH_MAX) return;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `reject-reason has ${[...rejectReason].length} characters, ${REASON_LENGTH_MAX} at most`,
  );
}

function denied(what: string): FeatureStoreError {
  return new FeatureStoreError("PERMISSION_DENIED", `your role does not allow ${what}`);
}

function notPending({ id, kind, status }: ChangeRequest): FeatureStoreError {
  return new FeatureStoreError(
    "FAILED_PRECONDITION",
    `${kind} request ${id} is ${status}, not PENDING APPROVAL`,
  );
}
