/** One way through a proxy. `both` is each of them on its own: its counters are not shared. */
export type Direction = "toTarget" | "toClient" | "both";

/** What may go wrong with the bytes that flow in one direction of a connection. */
export type FlowFault =
  /** Everything arrives late, in order: by `ms` and a random share of `jitterMs`. */
  | { readonly kind: "delay"; readonly ms: number; readonly jitterMs?: number }
  /** Nothing is forwarded; what was sent meanwhile arrives after healing. */
  | { readonly kind: "stall" }
  /** `bytes` are taken every `everyMs`, so that the sender's buffers fill and it feels the pressure. */
  | { readonly kind: "slowDrain"; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: "bandwidth"; readonly bytesPerSecond: number }
  /** Each connection is closed once it has forwarded so many bytes more. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** One random bit of each `everyBytes`-th byte is flipped. */
  | { readonly kind: "corrupt"; readonly everyBytes: number }
  /**
   * The other side is gone without a word: bytes vanish, and neither a FIN nor an RST passes. Connections that
   * saw this fault stay dead after healing, as they do when a host or a router forgot them.
   */
  | { readonly kind: "halfOpen" };

/** What may go wrong with connections as a whole. */
export type ConnectionFault =
  /** All connections, new ones too, are reset: peers see ECONNRESET. */
  | { readonly kind: "reset" }
  /** All connections are reset and nobody listens: peers see ECONNREFUSED. */
  | { readonly kind: "refuse" };

export type TcpFault = FlowFault | ConnectionFault;

/** Ticks of a bandwidth limit. */
const BANDWIDTH_TICK_MS = 10;

/** At most `bytes` each `everyMs`. */
export interface Pace {
  readonly bytes: number;
  readonly everyMs: number;
}

/** How fast a fault lets bytes pass, if it slows them. */
export function paceOf(fault: FlowFault | undefined): Pace | undefined {
  if (fault?.kind === "slowDrain") return fault;
  if (fault?.kind !== "bandwidth") return undefined;
  const bytes = Math.max(1, Math.round((fault.bytesPerSecond * BANDWIDTH_TICK_MS) / 1000));
  return { bytes, everyMs: BANDWIDTH_TICK_MS };
}

/** @throws {RangeError} naming the field and value that make no sense */
export function assertFault(fault: TcpFault): void {
  for (const [name, value] of Object.entries(fault)) {
    if (name === "kind") continue;
    const least = name === "ms" || name === "jitterMs" || name === "afterBytes" ? 0 : 1;
    if (typeof value !== "number" || !Number.isFinite(value) || value < least) {
      throw new RangeError(`${fault.kind}: ${name} must be at least ${least}, not ${value}`);
    }
  }
}
