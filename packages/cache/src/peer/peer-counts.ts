import type { MalformedReason } from "./packet.ts";

/** Counters of the network's two ends, since the start. */
export interface PeerCounts {
  /** Keys that other processes own and that this one did not hold. */
  readonly remote: {
    /** Asked of the network, coalesced or not. */
    keys: number;
    /** Datagrams sent for them. */
    sent: number;
    hit: number;
    /** The owner does not hold the key, or cannot send it. */
    miss: number;
    /** No answer in time. */
    timeout: number;
    /** Too many keys were being waited for. */
    queue_full: number;
    /** Not asked: just invalidated, or invalidated meanwhile. */
    invalidated: number;
    /** Not asked: the key cannot be sent, or the owner's address is not known. */
    unreachable: number;
  };
  /** Replies and what came in their place. */
  readonly replies: {
    received: number;
    /** Not of the node that was asked, or too late. */
    unexpected: number;
    bad_mac: number;
    undecodable: number;
  } & Record<MalformedReason, number>;
  /** Keys that others asked for. */
  readonly served: { hit: number; miss: number; too_large: number; queue_full: number };
  /** Records that others sent. */
  readonly accepted: {
    stored: number;
    /** Invalidations. */
    tombstone: number;
    /** Refused: the key was invalidated moments ago. */
    outdated: number;
    undecodable: number;
  };
  /** Datagrams to this owner that said nothing. */
  readonly refused: { bad_mac: number } & Record<MalformedReason, number>;
  /** What this process had to keep. */
  readonly fills: {
    kept: number;
    /** Sent to the owner. */
    sent: number;
    /** Invalidated since the read, or read too long ago. */
    outdated: number;
    /** Too large for a datagram: not sent. */
    too_large: number;
    /** The socket's queue was full, or the owner cannot be reached: not sent. */
    dropped: number;
  };
  /** Invalidations of keys that others own. */
  readonly invalidations: { sent: number; dropped: number };
  /** Faults of sockets. */
  readonly socket: { error: number };
}

export function createPeerCounts(): PeerCounts {
  return {
    remote: {
      keys: 0,
      sent: 0,
      hit: 0,
      miss: 0,
      timeout: 0,
      queue_full: 0,
      invalidated: 0,
      unreachable: 0,
    },
    replies: { received: 0, unexpected: 0, bad_mac: 0, undecodable: 0, ...noMalformed() },
    served: { hit: 0, miss: 0, too_large: 0, queue_full: 0 },
    accepted: { stored: 0, tombstone: 0, outdated: 0, undecodable: 0 },
    refused: { bad_mac: 0, ...noMalformed() },
    fills: { kept: 0, sent: 0, outdated: 0, too_large: 0, dropped: 0 },
    invalidations: { sent: 0, dropped: 0 },
    socket: { error: 0 },
  };
}

function noMalformed(): Record<MalformedReason, number> {
  return { empty: 0, too_large: 0, bad_key: 0, no_separator: 0, no_ttl: 0, no_value: 0 };
}
