import { encodeKeys, encodeRetrieveHead, encodeRetrieveQuery, ofs } from "@ofs/proto";
import { OfsClientError } from "./errors.ts";

/** What the server knows of one feature group of one key. */
export interface GroupState {
  readonly group: string;
  /**
   * - `stored`: live values. `absent`: nothing. `expired`: values past their time.
   * - `unreadable`: something that does not decode, or of a version or type that the registry does not know.
   * - `failed`: the store did not answer. `unknown`: the server says what this client has no word for.
   */
  readonly presence: "stored" | "absent" | "expired" | "unreadable" | "failed" | "unknown";
  /** Version of the schema that the values were written with; 0 unless stored. */
  readonly schemaVersion: number;
  /** Unix seconds; undefined = never, or nothing is stored. */
  readonly expiresAtSeconds: number | undefined;
}

const { Presence } = ofs.v1;

const PRESENCES: ReadonlyMap<number, GroupState["presence"]> = new Map([
  [Presence.STORED, "stored"],
  [Presence.ABSENT, "absent"],
  [Presence.EXPIRED, "expired"],
  [Presence.UNREADABLE, "unreadable"],
  [Presence.FAILED, "failed"],
]);

/** @param keys parts in the order of `keysSchema` */
export function encodeInspectRequest(
  entityLabel: string,
  groups: readonly string[],
  keysSchema: readonly string[],
  keys: readonly (readonly string[])[],
): Uint8Array {
  const featureGroups = groups.map((label) => ({ label, featureLabels: [] }));
  const head = encodeRetrieveHead({ entityLabel, featureGroups, keysSchema });
  return encodeRetrieveQuery(head, keys.map(encodeKeys));
}

/** @returns states of the groups, by key @throws {OfsClientError} INTERNAL */
export function decodeInspectResult(bytes: Uint8Array, keyCount: number): GroupState[][] {
  const { keys } = ofs.v1.InspectResult.decode(bytes);
  if (keys.length !== keyCount) {
    throw new OfsClientError("INTERNAL", `${keys.length} keys were inspected, not ${keyCount}`);
  }
  return keys.map(({ groups }) =>
    (groups ?? []).map(({ label, presence, schemaVersion, expiresAtSeconds }) => {
      const seconds = Number(expiresAtSeconds ?? 0);
      return {
        group: label ?? "",
        presence: PRESENCES.get(presence ?? 0) ?? "unknown",
        schemaVersion: schemaVersion ?? 0,
        expiresAtSeconds: seconds === 0 ? undefined : seconds,
      };
    }),
  );
}
