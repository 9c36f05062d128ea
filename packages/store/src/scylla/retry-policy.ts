import { policies, type types } from "cassandra-driver";

type DecisionInfo = policies.retry.DecisionInfo;
type OperationInfo = policies.retry.OperationInfo;

/** Retries of one statement: a second node may know better, a third would only add load. */
const MAX_RETRIES = 1;

/** Attempts of a statement in all, for sharing out the time it has. */
export const MAX_ATTEMPTS = 1 + MAX_RETRIES;

/**
 * Tries a statement again on another node, once and not past its deadline. Only for statements that may be
 * repeated: all of ours carry their write time.
 */
export class DeadlineRetryPolicy extends policies.retry.RetryPolicy {
  readonly #deadlineMs: number;

  /** @param deadlineMs Unix milliseconds */
  constructor(deadlineMs: number) {
    super();
    this.#deadlineMs = deadlineMs;
  }

  override onReadTimeout(info: OperationInfo, consistency: types.consistencies): DecisionInfo {
    return this.#decide(info, consistency);
  }

  override onWriteTimeout(info: OperationInfo, consistency: types.consistencies): DecisionInfo {
    return this.#decide(info, consistency);
  }

  override onUnavailable(info: OperationInfo, consistency: types.consistencies): DecisionInfo {
    return this.#decide(info, consistency);
  }

  override onRequestError(info: OperationInfo, consistency: types.consistencies): DecisionInfo {
    return this.#decide(info, consistency);
  }

  #decide(info: OperationInfo, consistency: types.consistencies): DecisionInfo {
    const isWorthIt = info.nbRetry < MAX_RETRIES && Date.now() < this.#deadlineMs;
    return isWorthIt ? this.retryResult(consistency, false) : this.rethrowResult();
  }
}
