import type { Outgoing } from "./outgoing.ts";
import type { Session } from "./session.ts";

/** One request and its answer: the state that HTTP/2 needs of it, and what its owner is told. */
export abstract class Http2Stream {
  readonly id: number;
  readonly session: Session;
  /** By the clock of `performance.now()`. */
  readonly openedAtMs: number;
  /** When its answer began to wait for the caller; -1 = it does not. */
  answeredAtMs = -1;
  /** What the peer may be sent, and may send. */
  sendWindow: number;
  receiveWindow: number;
  /** Received, and not given back to the peer's window. */
  takenBytes = 0;
  /** Body bytes announced by the peer, less those received; -1 = not announced. */
  expectedBytes: number;
  isRemoteClosed = false;
  isClosed = false;
  /** Counted by the session for it. */
  heldBytes = 0;
  outgoing: Outgoing | undefined = undefined;

  constructor(session: Session, contentLength: number) {
    this.id = session.lastStreamId;
    this.session = session;
    this.openedAtMs = session.nowMs;
    this.sendWindow = session.peer.initialWindowBytes;
    this.receiveWindow = session.streamWindowBytes;
    this.expectedBytes = contentLength;
  }

  /** Whether the stream is meant to last: then its times are not limited. */
  abstract get lasts(): boolean;

  /** Whether the peer may send on as soon as data has been taken. */
  get takesMore(): boolean {
    return true;
  }

  /** Takes a part of the body, valid as long as it is held. `isEnd`: it is the last, and may be empty. */
  abstract onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void;

  /** Does what the stream has been posted for. */
  abstract onTurn(): void;

  /** The request did not arrive in time. */
  abstract onSlowRequest(): void;

  /** There is no room for what the call holds. Nothing has been sent for it, or it is reset. */
  abstract onNoRoom(): void;

  /** The stream is over. `isCut`: not by our answer. */
  abstract onClosed(isCut: boolean): void;
}
