/** Times and numbers of the part that carries changes out. */
export interface ApplyLimits {
  /**
   * How long a request in APPLYING belongs to the process that has moved it last, in milliseconds. More than a change
   * of schema and a write of the registry take together.
   */
  readonly leaseMs: number;
  /** For one read of the registry. */
  readonly loadTimeoutMs: number;
  /** Writes of one run that others were quicker than; then the reconciler goes on. */
  readonly conflictsMax: number;
  /** Longest pause after such a write; the first ones are shorter. */
  readonly conflictPauseMsMax: number;
  /** Requests that the reconciler works on at once. */
  readonly reconcileConcurrency: number;
  /** Requests of one look of the reconciler; the next look goes on. */
  readonly reconcileBatchMax: number;
  /** Pause of the reconciler after a request met trouble; each further one doubles it. */
  readonly retryPauseMs: number;
  readonly retryPauseMsMax: number;
}

export const APPLY_LIMITS: ApplyLimits = {
  leaseMs: 120_000,
  loadTimeoutMs: 30_000,
  conflictsMax: 50,
  conflictPauseMsMax: 250,
  reconcileConcurrency: 4,
  reconcileBatchMax: 100,
  retryPauseMs: 5_000,
  retryPauseMsMax: 300_000,
};

/** First pause after a write of the registry that somebody else was quicker than, in milliseconds. */
export const CONFLICT_PAUSE_MS = 10;

/** Longest reason that the database keeps, in characters. */
export const REASON_LENGTH_MAX = 255;
