import { createHash } from "node:crypto";

/** A node of the ring, as the membership knows it. */
export interface PeerMember {
  /** `podIdOf(nodeIp, podIp)`. */
  readonly id: string;
  readonly nodeIp: string;
  /** Address or host name. */
  readonly podIp: string;
  /** The IPv4 address of `podIp`; undefined while it is not known. */
  readonly address: string | undefined;
}

/** What identifies a node: SHA-1 of `<node>-<pod>` in hex. */
export function podIdOf(nodeIp: string, podIp: string): string {
  return createHash("sha1").update(`${nodeIp}-${podIp}`).digest("hex");
}
