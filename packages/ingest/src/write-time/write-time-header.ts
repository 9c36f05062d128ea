import { FeatureStoreError } from "@ofs/platform";
import { MessageFault } from "../format.ts";
import { headerOf, type SourceRecord } from "../record.ts";

/** Name of the header with the time that a write counts for: decimal Unix milliseconds. */
export const WRITE_TIME_HEADER = "write-time";

const DECIMAL = /^\d{1,15}$/;
const SHOWN_LENGTH = 32;

/**
 * @returns Unix milliseconds, `undefined` without such a header
 * @throws {MessageFault} poison, if it is not a decimal number
 */
export function parseWriteTime(record: SourceRecord): number | undefined {
  if (record.headers.length === 0) return undefined;
  const value = headerOf(record, WRITE_TIME_HEADER);
  if (value === undefined) return undefined;
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
  if (DECIMAL.test(text)) return Number(text);
  const shown = JSON.stringify(text.slice(0, SHOWN_LENGTH));
  throw new MessageFault(
    "poison",
    new FeatureStoreError(
      "INVALID_ARGUMENT",
      `header ${WRITE_TIME_HEADER}: ${shown} is not a decimal number of milliseconds`,
    ),
    { field: WRITE_TIME_HEADER },
  );
}
