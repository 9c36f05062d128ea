import type { DataType, Quantizer } from "@ofs/codec";
import type { Entity, FeatureGroup, Snapshot } from "@ofs/registry";
import type { SectionView } from "./section-view.ts";

/**
 * How to answer every request of one shape: all that does not depend on the keys, resolved once
 * against one snapshot.
 *
 * `groups` are distinct and stand in three runs: requested groups that the process caches, the other
 * requested groups, and groups that are read only to fill a whole distributed record.
 */
export interface ReadPlan {
  readonly snapshot: Snapshot;
  readonly entity: Entity;
  /** Position in the request's `keys_schema`, by key sequence. */
  readonly keyPositions: readonly number[];
  readonly groups: readonly FeatureGroup[];
  readonly groupIds: readonly number[];
  /** Length of the first run. */
  readonly processCachedCount: number;
  /** Ids of the first run. */
  readonly processCachedIds: readonly number[];
  /** Length of the first two runs. */
  readonly requestedCount: number;
  /** Indexes in `groups` of the requested groups that the distributed cache holds. */
  readonly distributedIndexes: readonly number[];
  readonly distributedIds: readonly number[];
  /** Indexes in `groups` of everything a distributed record holds, by ascending group id. */
  readonly recordIndexes: readonly number[];
  /** One for each group of the request, in its order; a group may stand in several. */
  readonly sections: readonly Section[];
  readonly columnCount: number;
  /** Encoded `entity_label`, `keys_schema` and `feature_schemas` of the answer. */
  readonly head: Uint8Array;
  /** `feature_schemas` as data, for the decoded answer. */
  readonly schemas: readonly AnswerSchema[];
  readonly keysSchema: readonly string[];
}

export interface AnswerSchema {
  readonly label: string;
  readonly features: readonly { readonly label: string; readonly columnIdx: number }[];
}

/** The columns that one entry of the request's `feature_groups` asks for. */
export interface Section {
  readonly groupIndex: number;
  readonly group: FeatureGroup;
  readonly columns: readonly Column[];
  /** The columns with every default, as they stand in an encoded row. */
  readonly defaultBytes: Uint8Array;
  /** By schema version of the block; filled as versions are met. */
  readonly views: Map<number, SectionView>;
}

export interface Column {
  /** Without the quantisation suffix. */
  readonly label: string;
  /** Sequence in the active version. */
  readonly activePosition: number;
  /** Type of the answer's bytes: the group's, or the one asked for. */
  readonly dataType: DataType;
  readonly quantizer: Quantizer | undefined;
  /** Default of the active version, in `dataType`. */
  readonly defaultValue: Uint8Array;
}
