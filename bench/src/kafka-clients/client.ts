/** What a client under measurement does. Topics exist; records have a value only. */
export interface KafkaClient {
  /** Sends `count` records of `sizeBytes` to random partitions, idempotently and acknowledged by all replicas. */
  produce(work: Work): Promise<void>;
  /** Reads `count` records as a member of a new group, read-committed, from the beginning; nothing is committed. */
  consume(work: Work): Promise<void>;
}

export interface Work {
  readonly broker: string;
  readonly topic: string;
  readonly count: number;
  readonly sizeBytes: number;
  /** Of one partition in one answer; default `FETCH.partitionBytes`. */
  readonly partitionBytes?: number;
  /** Gets what is read. */
  readonly onValue?: (value: Uint8Array | null | undefined) => void;
}

export const CLIENTS = ["ofs", "kafkajs", "platformatic"] as const;
export type ClientName = (typeof CLIENTS)[number];

/** Records of one call to a producer, about a quarter of a megabyte. */
export const PRODUCE_BATCH = 128;

/** The same for all clients. */
export const FETCH = {
  maxBytes: 8 * 1024 * 1024,
  partitionBytes: 1024 * 1024,
  waitMs: 500,
} as const;

export function randomGroup(): string {
  return `bench-${Math.random().toString(36).slice(2)}`;
}
