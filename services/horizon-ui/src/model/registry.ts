/** What the registry says, in this program's words. Units end the names. */

export interface EntityKeyFacts {
  readonly label: string;
  readonly columnLabel: string;
  readonly sequence: number;
}

export interface CacheFacts {
  readonly isEnabled: boolean;
  readonly ttlSeconds: number;
  readonly jitterPercent: number;
  readonly confId: number;
}

export interface EntityFacts {
  readonly label: string;
  /** By sequence. */
  readonly keys: readonly EntityKeyFacts[];
  readonly inMemoryCache: CacheFacts;
  readonly distributedCache: CacheFacts;
}

export interface FeatureFullFacts {
  readonly label: string;
  readonly sequence: number;
  readonly defaultText: string;
  readonly stringLength: number;
  readonly vectorLength: number;
  /** Empty texts: the feature has no source. */
  readonly provider: string;
  readonly basePath: string;
  readonly sourceColumn: string;
}

export interface GroupFacts {
  readonly entityLabel: string;
  readonly label: string;
  readonly id: number;
  readonly activeVersion: string;
  /** Of the active version. */
  readonly features: readonly FeatureFullFacts[];
  readonly storeId: string;
  readonly dataType: string;
  readonly ttlSeconds: number;
  readonly jobId: string;
  readonly isInMemoryCached: boolean;
  readonly isDistributedCached: boolean;
  readonly layoutVersion: number;
}

export interface StoreFacts {
  readonly id: string;
  readonly dbType: string;
  readonly confId: number;
  readonly table: string;
  readonly maxColumnSizeBytes: number;
  readonly maxRowSizeBytes: number;
  readonly primaryKeys: readonly string[];
  readonly tableTtlSeconds: number;
}
