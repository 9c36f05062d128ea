/** Schema versions, sequences, group ids, string and vector lengths: 16 bits each in a block. */
export const UINT16_MAX = 65_535;

/** Largest whole number of a setting that every reader of the tree can hold. */
export const INTEGER_MAX = 2_147_483_647;

/** 3 170 years: a block's expiry could not be written much further. */
export const GROUP_TTL_SECONDS_MAX = 100_000_000_000;

/** What Cassandra and ScyllaDB take as the default TTL of a table: 20 years. */
export const TABLE_TTL_SECONDS_MAX = 630_720_000;

/** Key columns of an entity or a store. */
export const KEY_COUNT_MAX = 64;

/** Features that one change may name. */
export const FEATURES_PER_CHANGE_MAX = 10_000;

/** Text of one default, in UTF-16 units. */
export const DEFAULT_TEXT_LENGTH_MAX = 524_288;

/** Path or table of an offline source, and its column. */
export const SOURCE_PATH_LENGTH_MAX = 1_024;
export const SOURCE_COLUMN_LENGTH_MAX = 255;

/** Names of things that are there already: older ones follow no grammar. */
export const REFERENCE_LENGTH_MAX = 255;

/** Entities that one caller may be limited to. */
export const SCOPE_ENTITIES_MAX = 1_000;

/** How long two tokens of one caller may be accepted side by side: a day unless said otherwise, 90 days at most. */
export const TOKEN_OVERLAP_SECONDS_DEFAULT = 86_400;
export const TOKEN_OVERLAP_SECONDS_MAX = 7_776_000;

/** Paths and values of one change together: what etcd takes in one transaction, with some room. */
export const WRITES_SIZE_BYTES_MAX = 1_048_576;

/** Problems that are told of one change. */
export const PROBLEMS_MAX = 100;

/** What a store says of its columns and rows; written for new stores, and taken where an older one says nothing. */
export const COLUMN_SIZE_BYTES = 1_024;
export const ROW_SIZE_BYTES_MAX = 102_400;
