/**
 * What a record asks for, beyond the default of writing its values: `header` is the name of the record header, the
 * others are what it may say. A record without that header is a write.
 */
export const RECORD_OPERATION = {
  header: "operation",
  /** The groups of its keys are gone as of the record's time. */
  delete: "delete",
} as const;
