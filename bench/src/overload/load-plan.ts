/** What the load process is told. */
export interface LoadPlan {
  readonly address: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Framed messages, asked in turn. */
  readonly requests: readonly Uint8Array[];
  readonly connectionCount: number;
  /** For each call from its arrival. */
  readonly deadlineMs: number;
  readonly phases: readonly Phase[];
}

/** Calls arrive at a fixed rate, whatever the answers; or as others end, so that so many are open. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly load: { readonly callsPerSecond: number } | { readonly openCalls: number };
}

/** Calls that arrived in one slice of time, by their end. */
export interface Slice {
  readonly phase: string;
  /** From the start of the load. */
  readonly startMs: number;
  offered: number;
  /** Answered within the deadline. */
  good: number;
  /** RESOURCE_EXHAUSTED. */
  refused: number;
  /** The deadline passed: sent and cancelled, or answered DEADLINE_EXCEEDED. */
  late: number;
  /** The deadline passed while the call waited at the client for a place among the connection's streams. */
  unsent: number;
  /** Any other end. */
  failed: number;
}

export interface LoadReport {
  readonly startedAtUnixMs: number;
  readonly slices: readonly Slice[];
  /** Milliseconds from arrival, by phase. */
  readonly goodMs: ReadonlyMap<string, readonly number[]>;
  /** Milliseconds from sending, by phase. */
  readonly refusedMs: ReadonlyMap<string, readonly number[]>;
  /** Status -> count, of what is counted as failed. */
  readonly failures: ReadonlyMap<string, number>;
  /** Share of one core that this process used, by phase. */
  readonly ownCpu: ReadonlyMap<string, number>;
}

export const SLICE_MS = 250;
