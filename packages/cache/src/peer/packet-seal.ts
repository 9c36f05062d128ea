import { createHmac, timingSafeEqual } from "node:crypto";

/*
 * Trailer of a sealed datagram: "\0MAC", then the first 16 bytes of HMAC-SHA-256 over all that is before the trailer.
 */
const MARKER = Buffer.from("\0MAC", "latin1");
const MAC_SIZE_BYTES = 16;
const TRAILER_SIZE_BYTES = MARKER.length + MAC_SIZE_BYTES;

/** Proves that datagrams come from peers that share a secret. Says nothing about when: they can be sent again. */
export interface PacketSeal {
  /** What sealing adds. */
  readonly sizeBytes: number;
  seal(packet: Buffer): Buffer;
  /** @returns the datagram without its trailer, a view; undefined if it was not sealed with the secret */
  open(bytes: Uint8Array): Uint8Array | undefined;
}

/** Leaves datagrams as they are: what other implementations send and read. */
export const NO_SEAL: PacketSeal = {
  sizeBytes: 0,
  seal: (packet) => packet,
  open: (bytes) => bytes,
};

/** Seals with a message authentication code. */
export class MacSeal implements PacketSeal {
  readonly sizeBytes = TRAILER_SIZE_BYTES;
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  seal(packet: Buffer): Buffer {
    return Buffer.concat([packet, MARKER, this.#mac(packet)]);
  }

  open(bytes: Uint8Array): Uint8Array | undefined {
    const end = bytes.length - TRAILER_SIZE_BYTES;
    if (end < 0) return undefined;
    const packet = bytes.subarray(0, end);
    const macStart = end + MARKER.length;
    if (!MARKER.equals(bytes.subarray(end, macStart))) return undefined;
    return timingSafeEqual(bytes.subarray(macStart), this.#mac(packet)) ? packet : undefined;
  }

  #mac(packet: Uint8Array): Buffer {
    return createHmac("sha256", this.#secret).update(packet).digest().subarray(0, MAC_SIZE_BYTES);
  }
}
