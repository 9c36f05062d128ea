/** A topic as it is. */
export interface TopicMetadata {
  readonly topicName: string;
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replicationFactor: number;
  /** How long records are kept; -1 = for ever. */
  readonly retentionMs: number;
}

/** The log that carries rows: its topics. */
export interface TopicAdmin {
  /**
   * @returns false if it existed already, and then it is as it was
   * @throws {FeatureStoreError} INVALID_ARGUMENT for a name or number that no topic can have; UNAVAILABLE
   */
  create(name: string, partitionCount: number): Promise<boolean>;
  /** @returns undefined for a topic that does not exist */
  partitionCount(name: string): Promise<number | undefined>;
  /** @throws {FeatureStoreError} INVALID_ARGUMENT if the topic cannot grow so */
  grow(name: string, partitionCount: number): Promise<void>;
  /** @returns in the order of the names; those that do not exist are left out */
  describe(names: readonly string[]): Promise<readonly TopicMetadata[]>;
  close(): Promise<void>;
}
