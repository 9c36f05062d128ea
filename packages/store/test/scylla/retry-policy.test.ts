import { policies, type types } from "cassandra-driver";
import { expect, test } from "vitest";
import { DeadlineRetryPolicy } from "../../src/scylla/retry-policy.ts";

const QUORUM = 6 as types.consistencies;
const KINDS = ["onReadTimeout", "onWriteTimeout", "onUnavailable", "onRequestError"] as const;

function decide(kind: (typeof KINDS)[number], retryCount: number, deadlineMs: number) {
  const info = { query: "", nbRetry: retryCount } as policies.retry.OperationInfo;
  return new DeadlineRetryPolicy(deadlineMs)[kind](info, QUORUM);
}

test.each(KINDS)("%s: once more on another node, at the same consistency", (kind) => {
  const reference = new policies.retry.RetryPolicy();
  expect(decide(kind, 0, Number.POSITIVE_INFINITY)).toEqual(reference.retryResult(QUORUM, false));
  expect(decide(kind, 1, Number.POSITIVE_INFINITY)).toEqual(reference.rethrowResult());
});

test.each(KINDS)("%s: not past the deadline", (kind) => {
  expect(decide(kind, 0, Date.now() - 1)).toEqual(new policies.retry.RetryPolicy().rethrowResult());
});
