import type { PeerMember } from "./peer-member.ts";

/** Longest host name there is. */
const MAX_NAME_LENGTH = 253;

/**
 * Reads what a process has written about itself.
 *
 * @param id last part of its key
 * @returns undefined if it says nothing
 */
export function parseMember(
  id: string,
  value: Uint8Array,
): Omit<PeerMember, "address"> | undefined {
  // The folder's own key, and keys of something else below it.
  if (id === "" || id.includes("/")) return undefined;
  const { NodeIP: nodeIp, PodIP: podIp } = parseObject(value) ?? {};
  return isName(nodeIp) && isName(podIp) ? { id, nodeIp, podIp } : undefined;
}

function parseObject(value: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value).toString("utf8"));
    return typeof parsed === "object" && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_NAME_LENGTH;
}
