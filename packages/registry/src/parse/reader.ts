import { createHash } from "node:crypto";
import type { Credential, Reader } from "../model.ts";
import { addNote, attempt, NodeFault, type Notes } from "./faults.ts";
import { type Entry, Fields } from "./fields.ts";

/** The year 5138: past it a time is more likely in milliseconds. */
const UNIX_SECONDS_MAX = 100_000_000_000;

/**
 * Reads `security/reader/<caller>`. Fails closed: without a usable token, or with scopes that cannot
 * be read, the caller is refused. Reasons never quote a value of this node.
 *
 * @throws {NodeFault}
 */
export function parseReader(entry: Entry, notes: Notes): Reader {
  const fields = Fields.read(entry.node, entry.path, notes, "secret");
  const current = parseCredentials(fields, undefined);
  if (current.length === 0) throw fields.fault("token", "is missing, and so is sha256");
  const isRevoked = fields.boolean("revoked") ?? false;
  const scopes = parseScopes(fields, notes);
  return {
    callerId: entry.name,
    credentials: isRevoked ? [] : [...current, ...parsePrevious(fields, notes)],
    isRevoked,
    ...scopes,
  };
}

/** `token` and `sha256` may stand side by side: older servers know only the former. */
function parseCredentials(fields: Fields, untilSeconds: number | undefined): Credential[] {
  const credentials: Credential[] = [];
  const token = fields.text("token");
  if (token !== undefined && token !== "") {
    credentials.push({ sha256: createHash("sha256").update(token, "utf8").digest(), untilSeconds });
  }
  const hex = fields.text("sha256");
  if (hex !== undefined && hex !== "") {
    if (!/^[0-9a-fA-F]{64}$/.test(hex)) throw fields.fault("sha256", "is not 64 hex digits");
    const sha256 = Buffer.from(hex, "hex");
    const isKnown = credentials.some((known) => Buffer.compare(known.sha256, sha256) === 0);
    if (!isKnown) credentials.push({ sha256, untilSeconds });
  }
  return credentials;
}

/** A faulty `previous` is left out: the caller's own token must not fall with it. */
function parsePrevious(fields: Fields, notes: Notes): readonly Credential[] {
  const node = fields.node("previous");
  if (node === undefined) return [];
  const parsed = attempt(() => {
    const previous = Fields.read(node, fields.pathOf("previous"), notes, "secret");
    const until = previous.requiredInteger("until", 0, UNIX_SECONDS_MAX);
    const credentials = parseCredentials(previous, until);
    if (credentials.length === 0) throw previous.fault("token", "is missing, and so is sha256");
    return credentials;
  });
  if (!(parsed instanceof NodeFault)) return parsed;
  addNote(notes, parsed.path, `${parsed.message}; the previous token is not accepted`);
  return [];
}

type Scopes = Pick<Reader, "entities" | "mayRead" | "mayWrite">;

function parseScopes(fields: Fields, notes: Notes): Scopes {
  const node = fields.node("scopes");
  if (node === undefined) return { entities: undefined, mayRead: true, mayWrite: true };
  const scopes = Fields.read(node, fields.pathOf("scopes"), notes);
  const entities = scopes.list("entities");
  const access = scopes.list("access") ?? ["read", "write"];
  const unknown = access.find((name) => name !== "read" && name !== "write");
  if (unknown !== undefined) {
    throw scopes.fault("access", `${scopes.quote(unknown)} is not one of read, write`);
  }
  return {
    entities: entities === undefined ? undefined : new Set(entities),
    mayRead: access.includes("read"),
    mayWrite: access.includes("write"),
  };
}
