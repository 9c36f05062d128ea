import { FeatureStoreError } from "@ofs/platform";

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * A keyspace, table or column name as CQL: quoted, so that reserved words are names, too, and in lower case,
 * which is what CQL makes of a name without quotes (those of older deployments).
 *
 * @param what for the message: `table`, `column`
 * @throws {FeatureStoreError} INVALID_ARGUMENT for anything but letters, digits and underscores
 */
export function quoteIdentifier(what: string, name: string): string {
  return `"${normalizeIdentifier(what, name)}"`;
}

/** The name as system tables and result rows have it. @throws as {@link quoteIdentifier} */
export function normalizeIdentifier(what: string, name: string): string {
  if (IDENTIFIER.test(name)) return name.toLowerCase();
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `${what} ${JSON.stringify(name)}: a name is a letter followed by letters, digits and underscores`,
  );
}

/** Text as a CQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
