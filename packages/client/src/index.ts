export type { CallOptions } from "./call-limits.ts";
export { createClient, OfsClient, type PartialOptions, type WholeOptions } from "./client.ts";
export {
  OfsClientError,
  PersistError,
  type RowFailure,
  SchemaMismatchError,
  type StatusName,
} from "./errors.ts";
export type { GroupState } from "./inspection.ts";
export type { EntityKey, KeyPart } from "./keys.ts";
export type { ClientOptions, RetryOptions, TlsOptions } from "./options.ts";
export type { PersistRowInput } from "./persist-plan.ts";
export type { PersistResult } from "./persister.ts";
export type {
  DecodedResult,
  FailedRow,
  InspectRequest,
  PersistFeaturesRequest,
  PersistRequest,
  RawResult,
  RawRow,
  RetrieveQuery,
  RetrieveRequest,
  RetrieveResult,
  TextRow,
  ValueRow,
} from "./requests.ts";
export type { FeatureSelection, RowValues } from "./retrieve-plan.ts";
export type {
  DescribeResult,
  EntityDescription,
  FeatureDescription,
  GroupDescription,
  SchemaFault,
} from "./schema.ts";
export type { ElementInput, FeatureInput } from "./value-encoding.ts";
