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
  close(): Promise<void>;
}
