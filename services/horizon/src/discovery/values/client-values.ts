import { type ErrorCode, FeatureStoreError } from "@ofs/platform";
import type { GroupState, Unknown, ValueReader, ValueRequest } from "./feature-values.ts";

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
        const inspecting = inspect(client, { entity, keys, features });
        const { rows } = await client.retrieveRaw({ entity, keys, features }, options);
        const inspected = await inspecting;
        return rows.map(({ columns, error }, row) => {
          if (columns === undefined) return { error: error?.message ?? "no answer" };
          return { columns, groups: isUnknown(inspected) ? inspected : inspected?.[row] };
        });
      } catch (cause) {
        const { code, message } = failureOf(cause);
        const known = PASSED_ON.find((each) => each === code) ?? "UNAVAILABLE";
        throw new FeatureStoreError(known, message, { cause });
      }
    },
  };
}

type Inspected = readonly (readonly GroupState[])[];

/**
 * Asks what is stored. Values are of use without it, so a failure is an answer.
 *
 * @returns states by key; undefined where the server is too old to be asked
 */
async function inspect(
  client: RawClient,
  { entity, keys, features }: ValueRequest,
): Promise<Inspected | Unknown | undefined> {
  const groups = Object.keys(features);
  try {
    return await client.inspect({ entity, keys, groups }, { deadlineMs: DEADLINE_MS });
  } catch (cause) {
    const { code, message } = failureOf(cause);
    return code === "UNIMPLEMENTED" ? undefined : { error: message };
  }
}

function isUnknown(inspected: Inspected | Unknown | undefined): inspected is Unknown {
  return inspected !== undefined && "error" in inspected;
}

function failureOf(cause: unknown): { readonly code: unknown; readonly message: string } {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  return { code, message: `api-server: ${String(message)}` };
}
