import { type Logger, toWireStatus } from "@ofs/platform";
import type { RegistryAuthor } from "@ofs/registry";
import type { TableMaker } from "../../apply/ports.ts";
import { CHANGE_KINDS } from "../../changes/model.ts";
import type { AuditRepository, ChangeRequest, RequestRepository } from "../../database/ports.ts";
import type { LiveCatalog } from "../catalog/live-catalog.ts";
import type { Catalog } from "../catalog/model.ts";
import { foldApproved } from "./approved-state.ts";
import { compareRegistry } from "./compare-registry.ts";
import { compareRequests } from "./compare-requests.ts";
import { compareTables } from "./compare-tables.ts";
import { createDifference, type Difference, planRepair, SEVERITIES } from "./model.ts";

/** Requests read at a time, and in all: with more of them, requests are not compared. */
const REQUEST_PAGE_COUNT = 1_000;
const REQUEST_COUNT_MAX = 50_000;

/** Differences of one report; the worst come first. */
const DIFFERENCE_COUNT_MAX = 2_000;

/** How long a repair waits until its writes are seen. */
const VISIBLE_TIMEOUT_MS = 5_000;

export interface DriftDeps {
  readonly catalog: Pick<LiveCatalog, "current" | "waitFor">;
  readonly requests: Pick<RequestRepository, "list">;
  readonly tables: TableMaker;
  readonly author: Pick<RegistryAuthor, "writeIf">;
  readonly audit: Pick<AuditRepository, "add">;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface DriftReport {
  readonly catalog: Catalog;
  readonly requestCount: number;
  /** Errors first. */
  readonly differences: readonly Difference[];
  /** How many there are in all. */
  readonly total: number;
}

export const REPAIR_RESULTS = ["repaired", "gone", "not-repairable", "conflict", "failed"] as const;

export interface RepairOutcome {
  readonly id: string;
  /** `gone`: the difference is not there any more; `conflict`: somebody has changed the place meanwhile. */
  readonly result: (typeof REPAIR_RESULTS)[number];
  readonly message: string;
}

/** Finds where approved requests, registry and stores disagree, and repairs what it is told to. */
export class DriftReporter {
  readonly #deps: DriftDeps;
  #running: Promise<DriftReport> | undefined;

  constructor(deps: DriftDeps) {
    this.#deps = deps;
  }

  /**
   * Compares everything. Calls at the same time share one comparison.
   *
   * @throws {FeatureStoreError} UNAVAILABLE if the registry or the database is away; a store that is away is a difference
   */
  report(): Promise<DriftReport> {
    this.#running ??= this.#compare().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * Repairs differences of a new report, one after the other. What is not there any more is left alone.
   *
   * @throws {FeatureStoreError} as {@link report}; UNAVAILABLE if the audit log cannot be written, and nothing is done then
   */
  async repair(ids: readonly string[], actor: string): Promise<RepairOutcome[]> {
    const { catalog, differences } = await this.#compare();
    const byId = new Map(differences.map((difference) => [difference.id, difference]));
    const outcomes: RepairOutcome[] = [];
    for (const id of new Set(ids)) {
      const difference = byId.get(id);
      const outcome =
        difference === undefined
          ? { id, result: "gone" as const, message: "there is no such difference any more" }
          : await this.#repairOne(difference, catalog, actor);
      outcomes.push(outcome);
    }
    return outcomes;
  }

  async #compare(): Promise<DriftReport> {
    const { catalog: live, tables, log } = this.#deps;
    const requests = await this.#approvedRequests();
    const catalog = live.current();
    const found = [
      ...(requests === undefined
        ? [tooManyRequests()]
        : compareRequests(foldApproved(requests), catalog)),
      ...compareRegistry(catalog),
      ...(await compareTables(catalog, tables, log)),
    ];
    found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
    return {
      catalog,
      requestCount: requests?.length ?? 0,
      differences: found.slice(0, DIFFERENCE_COUNT_MAX),
      total: found.length,
    };
  }

  /** @returns undefined if there are too many to compare */
  async #approvedRequests(): Promise<ChangeRequest[] | undefined> {
    const all = new Map<string, ChangeRequest>();
    const filter = { kinds: CHANGE_KINDS, statuses: ["APPROVED"] as const };
    for (let offset = 0; offset < REQUEST_COUNT_MAX; offset += REQUEST_PAGE_COUNT) {
      const limit = REQUEST_PAGE_COUNT;
      const { requests, total } = await this.#deps.requests.list({ ...filter, offset, limit });
      if (total > REQUEST_COUNT_MAX) return undefined;
      // Pages shift when a request is approved meanwhile: none must count twice.
      for (const request of requests) all.set(`${request.kind}/${request.id}`, request);
      if (requests.length < limit) break;
    }
    return [...all.values()];
  }

  async #repairOne(
    difference: Difference,
    { revision }: Catalog,
    actor: string,
  ): Promise<RepairOutcome> {
    const { id, subject } = difference;
    const plan = planRepair(difference, revision);
    if (plan === undefined) {
      return { id, result: "not-repairable", message: "a person has to decide what is right" };
    }
    const { audit, tables, log, now } = this.#deps;
    const { description } = plan;
    const details = { difference: difference.kind, repair: description };
    await audit.add({ atMs: now(), actor, action: "drift.repair", subject, details });
    try {
      for (const need of plan.tables) await tables.make(need);
      const isWritten = plan.writes.length === 0 || (await this.#write(plan));
      if (isWritten) return { id, result: "repaired", message: description };
      const message = "the place has been changed meanwhile: look at the report again";
      return { id, result: "conflict", message };
    } catch (error) {
      const { message } = toWireStatus(error);
      log.warn({ err: error, difference: id, subject }, "a repair has failed");
      return { id, result: "failed", message };
    }
  }

  async #write(plan: NonNullable<ReturnType<typeof planRepair>>): Promise<boolean> {
    const { author, catalog, log } = this.#deps;
    const written = await author.writeIf(plan.writes, plan.expectations);
    if ("conflict" in written) return false;
    const isVisible = await catalog.waitFor(written.revision, VISIBLE_TIMEOUT_MS);
    if (!isVisible) log.warn({ revision: written.revision }, "a repair is not seen yet");
    return true;
  }
}

function tooManyRequests(): Difference {
  return createDifference({
    kind: "request-unreadable",
    severity: "warning",
    subject: "requests",
    message: `there are more than ${REQUEST_COUNT_MAX} approved requests: they are not compared`,
  });
}
