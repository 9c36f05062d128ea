import { type ErrorCode, FeatureStoreError } from "@ofs/platform";
import type { GroupState, ValueReader } from "./feature-values.ts";

/** What is used of the feature store's client. */
export interface RawClient {
  retrieveRaw(
    request: {
      readonly entity: string;
      readonly keys: readonly Readonly<Record<string, string>>[];
      readonly features: Readonly<Record<string, readonly string[]>>;
    },
    options: { readonly partial: true; readonly deadlineMs: number },
  ): Promise<{
    readonly rows: readonly {
      readonly columns?: readonly Uint8Array[] | undefined;
      readonly error?: Error | undefined;
    }[];
  }>;
  inspect(
    request: {
      readonly entity: string;
      readonly keys: readonly Readonly<Record<string, string>>[];
      readonly groups: readonly string[];
    },
    options: { readonly deadlineMs: number },
  ): Promise<readonly (readonly GroupState[])[]>;
}

const DEADLINE_MS = 5_000;

/** Failures that the caller of a look-up has brought about; all others mean that the data plane is in no state to answer. */
const PASSED_ON: readonly ErrorCode[] = ["INVALID_ARGUMENT", "NOT_FOUND", "DEADLINE_EXCEEDED"];

/** Reads values through the data plane's client, and what it knows of them. */
export function valuesOfClient(client: RawClient): ValueReader {
  return {
    async read({ entity, keys, features }) {
      const options = { partial: true, deadlineMs: DEADLINE_MS } as const;
      try {
        const groups = Object.keys(features);
        // Values are of use without it, and not every server has it.
        const inspected = client
          .inspect({ entity, keys, groups }, { deadlineMs: DEADLINE_MS })
          .catch(() => undefined);
        const { rows } = await client.retrieveRaw({ entity, keys, features }, options);
        const states = await inspected;
        return rows.map(({ columns, error }, row) =>
          columns === undefined
            ? { error: error?.message ?? "no answer" }
            : { columns, groups: states?.[row] },
        );
      } catch (cause) {
        const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
        const known = PASSED_ON.find((each) => each === code) ?? "UNAVAILABLE";
        throw new FeatureStoreError(known, `api-server: ${String(message)}`, { cause });
      }
    },
  };
}
