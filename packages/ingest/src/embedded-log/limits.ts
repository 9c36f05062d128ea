const KIB = 1024;
const MIB = 1024 * KIB;
const HOUR_MS = 3_600_000;

/** Partitions of a topic that is made without saying how many. */
export const DEFAULT_PARTITION_COUNT = 4;

export const MAX_PARTITIONS_PER_TOPIC = 64;

export const MAX_TOPICS = 256;

/** Of all topics together: each keeps one file open for appends. */
export const MAX_PARTITIONS = 512;

/** As Kafka's. */
export const MAX_TOPIC_NAME_LENGTH = 249;

export const DEFAULT_SEGMENT_BYTES = 64 * MIB;
export const MIN_SEGMENT_BYTES = 4 * KIB;
/** Positions in a segment are 32-bit numbers, and its last batch may go past its size. */
export const MAX_SEGMENT_BYTES = 1024 * MIB;

/** Of one record: key, value and headers. */
export const DEFAULT_MAX_RECORD_BYTES = 16 * MIB;
export const LARGEST_MAX_RECORD_BYTES = 128 * MIB;

/** As Kafka's brokers. */
export const DEFAULT_RETENTION_MS = 7 * 24 * HOUR_MS;
/** Dead letters wait for people. */
export const DEAD_LETTER_RETENTION_MS = 14 * 24 * HOUR_MS;
/** Of each partition. Unlike Kafka's bounded: the stores are on the same disk. */
export const DEFAULT_RETENTION_BYTES = 1024 * MIB;
export const RETENTION_INTERVAL_MS = 60_000;

/** Bytes that are written and synced at once. */
export const MAX_BATCH_BYTES = 4 * MIB;

/** Bytes that may wait to be written, of all partitions together; more are refused. */
export const MAX_QUEUED_BYTES = 128 * MIB;

/** Bytes of data between two entries of an index. */
export const INDEX_INTERVAL_BYTES = 64 * KIB;

/** Bytes of one read while a segment is scanned. */
export const SCAN_CHUNK_BYTES = 4 * MIB;

/**
 * Bytes that are checksummed in the search for the next good record behind damage. Only data made to look like
 * records takes so many.
 */
export const MAX_RESYNC_BYTES = 1024 * MIB;

/** Segments open for reading, unless more are being read. */
export const MAX_OPEN_SEGMENTS = 64;

/** Bytes of one fetch, unless told otherwise; one record comes whatever its size. */
export const DEFAULT_FETCH_BYTES = MIB;
export const MAX_FETCH_BYTES = 64 * MIB;

/** Of one commit; as Kafka's brokers. */
export const MAX_METADATA_BYTES = 4 * KIB;

/** Positions kept of all groups together. */
export const MAX_COMMITTED_POSITIONS = 10_000;

/** Bytes of commits after which only the newest of each are kept. */
export const COMMITS_SEGMENT_BYTES = 4 * MIB;

/** That a process reads as. */
export const MAX_GROUPS = 1000;

export const MAX_GROUP_ID_LENGTH = 255;

/** How long a rebalance waits for members to finish what they give up. */
export const DEFAULT_REBALANCE_TIMEOUT_MS = 60_000;

/** Pauses before a partition that cannot be read is tried again. */
export const MIN_RETRY_MS = 500;
export const MAX_RETRY_MS = 30_000;
