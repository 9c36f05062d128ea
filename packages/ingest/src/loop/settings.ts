/** Every bound of the loop, by name. Times are milliseconds. */
export interface IngestSettings {
  /** Writes under way at a time over one connection. One key always takes the same lane. */
  readonly lanesPerConnection: number;
  /** Most rows that a lane writes at a time. */
  readonly batchRows: number;
  /** Most bytes of rows that a lane writes at a time; a single larger row goes alone. */
  readonly batchBytes: number;
  /** How long a row waits for company while other lanes of its connection write. */
  readonly lingerMs: number;
  /** A write that takes longer counts as failed, and is repeated. */
  readonly writeTimeoutMs: number;
  /** Ceiling of the first pause before a repetition; each further one doubles it. */
  readonly retryMinMs: number;
  /** Ceiling of all pauses before repetitions. */
  readonly retryMaxMs: number;
  /** Pause before what halted a partition is tried again. */
  readonly haltRetryMs: number;
  /** How long messages wait for a name that the registry does not have, from when it was first missed. */
  readonly registryWaitMs: number;
  /** Names remembered as missing for too long. */
  readonly maxMissingNames: number;
  /** Bytes of records and of their rows, of all partitions. Exceeded by at most one fetch a partition. */
  readonly maxInFlightBytes: number;
  /** Records not yet committable, of all partitions. */
  readonly maxInFlightRecords: number;
  /** Bytes of records and of their rows, of one partition. */
  readonly maxPartitionBytes: number;
  /** Records of one partition that are not yet committable: as many are read again after a crash. */
  readonly maxPartitionRecords: number;
  /** A paused partition goes on when this share of its bounds is left in flight. Above 0, at most 1. */
  readonly lowWater: number;
  /** Between commits. */
  readonly commitIntervalMs: number;
  /** Commits as soon as there is something to commit, and `minCommitIntervalMs` after the last commit. */
  readonly commitsAfterWork: boolean;
  readonly minCommitIntervalMs: number;
  /** How long partitions that another member will read may take to finish what is under way, and to commit. */
  readonly revokeTimeoutMs: number;
  /** A record that is the oldest of its partition for so long, neither halted nor waiting, is a stall. */
  readonly stallMs: number;
  /** Topic of all dead letters; `undefined` = `<topic>.dlq`. */
  readonly deadLetterTopic: string | undefined;
  /** Most bytes of the text that says what is wrong with a dead letter. */
  readonly maxErrorBytes: number;
  /** Most dead letters produced at a time. */
  readonly deadLetterBatchRecords: number;
  /** Most bytes of dead letters produced at a time; a single larger one goes alone. */
  readonly deadLetterBatchBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_INGEST_SETTINGS: IngestSettings = {
  lanesPerConnection: 16,
  batchRows: 500,
  batchBytes: MIB,
  lingerMs: 5,
  writeTimeoutMs: 10_000,
  retryMinMs: 50,
  retryMaxMs: 10_000,
  haltRetryMs: 30_000,
  registryWaitMs: 30_000,
  maxMissingNames: 10_000,
  maxInFlightBytes: 128 * MIB,
  maxInFlightRecords: 100_000,
  maxPartitionBytes: 32 * MIB,
  maxPartitionRecords: 20_000,
  lowWater: 0.5,
  commitIntervalMs: 5_000,
  commitsAfterWork: false,
  minCommitIntervalMs: 100,
  revokeTimeoutMs: 10_000,
  stallMs: 60_000,
  deadLetterTopic: undefined,
  maxErrorBytes: KIB,
  deadLetterBatchRecords: 100,
  deadLetterBatchBytes: MIB,
};

/** May be 0: at once, or not at all. */
const ZERO_ALLOWED: ReadonlySet<string> = new Set(["lingerMs", "registryWaitMs"]);

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} naming the setting that is out of range, and its value
 */
export function ingestSettings(given: Partial<IngestSettings> = {}): IngestSettings {
  const settings: IngestSettings = { ...DEFAULT_INGEST_SETTINGS, ...given };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== "number" || name === "lowWater") continue;
    const least = ZERO_ALLOWED.has(name) ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name} must be a whole number from ${least}, not ${value}`);
    }
  }
  const { lowWater, retryMinMs, retryMaxMs, deadLetterTopic } = settings;
  if (!(lowWater > 0 && lowWater <= 1)) {
    throw new RangeError(`lowWater must be above 0 and at most 1, not ${lowWater}`);
  }
  if (retryMinMs > retryMaxMs) {
    throw new RangeError(`retryMinMs ${retryMinMs} is above retryMaxMs ${retryMaxMs}`);
  }
  if (deadLetterTopic === "") throw new RangeError("deadLetterTopic is empty");
  return settings;
}
