import { encodePersistQuery } from "@ofs/proto";
import { runBatches } from "./batches.ts";
import type { CallLimits } from "./call-limits.ts";
import { OfsClientError, PersistError, type RowFailure } from "./errors.ts";
import type { PersistPlan } from "./persist-plan.ts";
import type { Send } from "./retriever.ts";
import type { Outcome } from "./with-schema.ts";

const PERSIST_METHOD = "/persist.FeatureService/PersistFeatures";

/** What became of the rows of a persist. */
export interface PersistResult {
  readonly storedCount: number;
  /** Every row that is not known to be stored, by position. */
  readonly failures: readonly RowFailure[];
}

/**
 * Sends the requests of a plan.
 *
 * @param isPartial whether the other requests go on when one fails; else no more are sent, and those on
 *   their way are waited for
 */
export async function runPersist(
  plan: PersistPlan,
  send: Send,
  concurrency: number,
  isPartial: boolean,
  limits: CallLimits,
): Promise<Outcome<PersistResult>> {
  const { outcomes, firstError } = await runBatches(
    plan.batches,
    {
      concurrency: plan.isOrdered ? 1 : concurrency,
      onFailure: isPartial ? "go-on" : "stop-sending",
    },
    limits,
    async ({ head, rows }, batchLimits) => {
      await send(PERSIST_METHOD, encodePersistQuery(head, rows), batchLimits);
    },
  );
  const failures: RowFailure[] = [];
  let storedCount = 0;
  plan.batches.forEach(({ positions }, batch) => {
    const outcome = outcomes[batch];
    if (outcome !== undefined && "value" in outcome) storedCount += positions.length;
    else {
      const error = outcome?.error ?? notSent();
      for (const row of positions) failures.push({ row, error });
    }
  });
  failures.sort((a, b) => a.row - b.row);
  return {
    value: { storedCount, failures },
    error:
      firstError === undefined ? undefined : new PersistError(firstError, failures, storedCount),
    isRepeatable: storedCount === 0,
  };
}

function notSent(): OfsClientError {
  return new OfsClientError("ABORTED", "not sent, because an earlier batch had failed");
}
