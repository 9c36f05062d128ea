/** Objects of a bucket. All throw FeatureStoreError: UNAVAILABLE where there is no answer or the bucket refuses. */
export interface BackupBucket {
  /** For messages and logs. */
  readonly name: string;
  /** @returns undefined if there is no such object */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  put(key: string, text: string, signal: AbortSignal): Promise<void>;
  close(): void;
}
