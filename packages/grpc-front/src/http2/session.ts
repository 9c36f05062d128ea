import type { FrontFault, FrontLimits } from "../front-options.ts";
import { ConnectionError } from "./connection-error.ts";
import * as h2 from "./constants.ts";
import { EndedStreams } from "./ended-streams.ts";
import { FrameReader } from "./frame-reader.ts";
import { IncomingFrames } from "./incoming-frames.ts";
import type { Output, OutputTarget } from "./output.ts";
import { encodeSettings, PeerSettings } from "./peer-settings.ts";
import type { RequestHead } from "./request-head.ts";
import { Sender } from "./sender.ts";
import type { Http2Stream } from "./stream.ts";

/** Where a session's bytes go. */
export interface SessionLink extends OutputTarget {
  /** Whether it takes bodies now. */
  hasRoom(): boolean;
  /** Ends the connection once everything is sent. */
  end(): void;
}

/** What all sessions of a front share, and who makes calls of their streams. */
export interface SessionHost {
  readonly limits: FrontLimits;
  readonly output: Output;
  /** For texts of header blocks: `HpackDecoder.scratchFor`. */
  readonly scratch: Buffer;
  /**
   * A request begins. The stream that is made of it is given to `session.add`; without one the answer must be complete,
   * by `session.refuse`.
   */
  onRequest(session: Session, head: RequestHead, isEnd: boolean): void;
  /** Calls `session.runPosted` soon. */
  schedule(session: Session): void;
  /** A request has more headers than allowed. */
  onTooManyHeaders(session: Session, isEnd: boolean): void;
  onHeld(session: Session, changeBytes: number): void;
  /** Something that is not the peer's fault. */
  onUnexpected(error: unknown): void;
  onFault(fault: FrontFault): void;
}

/** Windows that we grant: a connection's, and a stream's. */
const CONNECTION_WINDOW_BYTES = 8 * 1024 * 1024;
const STREAM_WINDOW_BYTES = 1024 * 1024;

/** Payloads of our pings. */
const DRAIN_PING = Buffer.from("draining", "latin1");
const KEEPALIVE_PING = Buffer.from("are you?", "latin1");

const EMPTY = Buffer.alloc(0);

/**
 * One HTTP/2 connection, the server's side: bytes in, frames out (into `host.output`), streams between. It knows neither
 * sockets nor clocks.
 */
export class Session {
  readonly host: SessionHost;
  readonly output: Output;
  readonly peer = new PeerSettings();
  readonly sender: Sender;
  /** Those that are open, by id. */
  readonly streams = new Map<number, Http2Stream>();
  readonly ended = new EndedStreams();
  readonly connectionWindowBytes = CONNECTION_WINDOW_BYTES;
  readonly streamWindowBytes = STREAM_WINDOW_BYTES;
  lastStreamId = 0;
  /** Time of the entry under way, by the clock of `performance.now()`. */
  nowMs: number;
  heldBytes = 0;
  /** Nothing is read or sent any more. */
  isOver = false;
  /** Whether a GOAWAY says that no call is taken any more. */
  isLeaving = false;
  readonly #link: SessionLink;
  readonly #reader = new FrameReader();
  readonly #incoming: IncomingFrames;
  /** Those that have something to do in the next entry. */
  #posted: Http2Stream[] = [];
  /** Of the ended ones, those of this entry. */
  readonly #endedNow: number[] = [];
  readonly #hasRoom: () => boolean;
  readonly #onSent: (stream: Http2Stream) => void;
  #hasAnnouncedDrain = false;

  constructor(host: SessionHost, link: SessionLink, nowMs: number) {
    this.host = host;
    this.output = host.output;
    this.nowMs = nowMs;
    this.sender = new Sender(host.output);
    this.#link = link;
    this.#hasRoom = () => link.hasRoom();
    this.#onSent = (stream) => this.endStream(stream);
    this.#incoming = new IncomingFrames(this);
  }

  /** Whether preface and SETTINGS of the peer have arrived. */
  get isOpen(): boolean {
    return this.#incoming.hasSettings;
  }

  /** Bytes of a frame that has not arrived whole. */
  get partialBytes(): number {
    return this.#reader.heldBytes;
  }

  /** Sends our settings. */
  start(): void {
    this.run(() => {
      const { maxConcurrentStreams, maxHeaderListBytes } = this.host.limits;
      const settings = encodeSettings([
        [h2.MAX_CONCURRENT_STREAMS, maxConcurrentStreams],
        [h2.INITIAL_WINDOW_SIZE, STREAM_WINDOW_BYTES],
        [h2.MAX_HEADER_LIST_SIZE, maxHeaderListBytes],
      ]);
      this.output.frame(h2.SETTINGS, 0, 0, settings);
      const more = CONNECTION_WINDOW_BYTES - h2.DEFAULT_WINDOW_BYTES;
      this.output.numberFrame(h2.WINDOW_UPDATE, 0, more);
    });
  }

  /** Takes bytes of the peer, in whatever pieces. They are not written to any more. Never throws. */
  receive(chunk: Buffer, nowMs: number): void {
    if (this.isOver) return;
    this.nowMs = nowMs;
    const outer = this.output.begin(this.#link);
    try {
      this.#reader.read(chunk, this.#incoming);
      this.#finishEntry();
    } catch (error) {
      this.fail(error);
    }
    this.#leaveEntry(outer);
  }

  /** Does something that may send, from outside of `receive`. Never throws. */
  run(work: () => void): void {
    if (this.isOver) return;
    const outer = this.output.begin(this.#link);
    try {
      work();
      this.#finishEntry();
    } catch (error) {
      this.fail(error);
    }
    this.#leaveEntry(outer);
  }

  /** Calls the stream's `onTurn` soon, together with others'. */
  post(stream: Http2Stream): void {
    if (this.isOver) return;
    if (this.#posted.push(stream) === 1) this.host.schedule(this);
  }

  /** What was posted. Never throws. */
  runPosted(nowMs: number): void {
    this.nowMs = nowMs;
    const posted = this.#posted;
    this.#posted = [];
    this.run(() => {
      for (const stream of posted) if (!stream.isClosed) stream.onTurn();
    });
  }

  /** Whether the link takes bodies now. */
  hasRoom(): boolean {
    return this.#link.hasRoom();
  }

  #finishEntry(): void {
    if (!this.sender.isIdle) this.sender.pump(this.#hasRoom, this.#onSent);
    this.#incoming.creditDataFrames(this.sender.takeFrameCount());
    if (this.#endedNow.length > 0) this.#stopSenders();
    if (this.isLeaving && this.streams.size === 0) this.close();
  }

  #leaveEntry(outer: OutputTarget | undefined): void {
    this.output.end(outer);
    if (this.isOver) this.#link.end();
  }

  /** Tells the peer to send no more of what has been answered. */
  #stopSenders(): void {
    for (const id of this.#endedNow) {
      if (this.ended.has(id)) this.output.numberFrame(h2.RST_STREAM, id, h2.NO_ERROR);
    }
    this.#endedNow.length = 0;
  }

  /** Lets the peer send as much more on a stream as has been taken, once that is worth a frame. */
  giveWindow(stream: Http2Stream): void {
    if (stream.isClosed || stream.takenBytes < STREAM_WINDOW_BYTES / 2) return;
    this.output.numberFrame(h2.WINDOW_UPDATE, stream.id, stream.takenBytes);
    stream.receiveWindow += stream.takenBytes;
    stream.takenBytes = 0;
  }

  /** Takes a stream in, for the request that was announced last. */
  add(stream: Http2Stream, isEnd: boolean): void {
    this.streams.set(stream.id, stream);
    if (isEnd) this.endRemote(stream);
    else this.hold(stream, this.#incoming.listBytes);
  }

  /** The peer has sent the last of the request. */
  endRemote(stream: Http2Stream): void {
    stream.isRemoteClosed = true;
    stream.onData(EMPTY, 0, 0, true);
  }

  /** Answers the request that was announced last with one made frame, which ends it. */
  refuse(answer: Uint8Array, isEnd: boolean): void {
    const id = this.lastStreamId;
    this.output.madeFrame(answer, id);
    if (isEnd) return;
    this.ended.add(id);
    this.#endedNow.push(id);
  }

  /** The answer is complete: the stream is over. */
  endStream(stream: Http2Stream): void {
    if (!stream.isRemoteClosed) {
      this.ended.add(stream.id);
      this.#endedNow.push(stream.id);
    }
    this.#incoming.creditAnswer();
    this.remove(stream, false);
  }

  resetStream(stream: Http2Stream, code: number): void {
    this.resetId(stream.id, code, stream.isRemoteClosed);
    this.remove(stream, true);
  }

  resetId(id: number, code: number, isRemoteClosed: boolean): void {
    this.output.numberFrame(h2.RST_STREAM, id, code);
    if (!isRemoteClosed) this.ended.add(id);
  }

  remove(stream: Http2Stream, isCut: boolean): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.streams.delete(stream.id);
    if (stream.heldBytes > 0) this.release(stream);
    stream.onClosed(isCut);
  }

  /** Counts bytes that the process keeps for a stream; the stream is told if that is too much. */
  hold(stream: Http2Stream, sizeBytes: number): void {
    if (stream.isClosed) return;
    stream.heldBytes += sizeBytes;
    this.heldBytes += sizeBytes;
    this.host.onHeld(this, sizeBytes);
    if (this.heldBytes <= this.host.limits.maxConnectionHeldBytes || this.isOver) return;
    this.host.onFault("held-bytes");
    this.release(stream);
    stream.onNoRoom();
  }

  /** Nothing is kept for a stream any more. */
  release(stream: Http2Stream): void {
    this.heldBytes -= stream.heldBytes;
    this.host.onHeld(this, -stream.heldBytes);
    stream.heldBytes = 0;
  }

  /** Announces that the connection is about to close; calls that are on their way are still taken (RFC 9113, 6.8). */
  announceDrain(): void {
    if (this.#hasAnnouncedDrain) return;
    this.#hasAnnouncedDrain = true;
    this.#goAway(h2.MAX_STREAM_ID, h2.NO_ERROR, "");
    this.output.frame(h2.PING, 0, 0, DRAIN_PING);
  }

  /** Takes no more calls; when those in flight are answered, the connection ends. */
  leave(): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.#hasAnnouncedDrain = true;
    this.#goAway(this.lastStreamId, h2.NO_ERROR, "");
  }

  /** The peer has seen all that was sent before a ping. */
  onPingAnswer(payload: Buffer): void {
    if (this.#hasAnnouncedDrain && payload.equals(DRAIN_PING)) this.leave();
  }

  ping(): void {
    this.output.frame(h2.PING, 0, 0, KEEPALIVE_PING);
  }

  /** Ends the connection for an error, the peer's (`ConnectionError`) or ours. */
  fail(error: unknown): void {
    if (this.isOver) return;
    if (error instanceof ConnectionError) {
      this.host.onFault(error.isFlood ? "flood" : "protocol");
      this.#goAway(this.lastStreamId, error.code, error.message);
    } else {
      this.host.onUnexpected(error);
      this.host.onFault("internal");
      this.#goAway(this.lastStreamId, h2.INTERNAL_ERROR, "");
    }
    this.close();
  }

  /** Cuts all streams; within an entry, the connection is ended after it. */
  close(): void {
    this.isOver = true;
    for (const stream of [...this.streams.values()]) {
      try {
        this.remove(stream, true);
      } catch (error) {
        this.host.onUnexpected(error);
      }
    }
  }

  #goAway(lastStreamId: number, code: number, text: string): void {
    const payload = Buffer.alloc(8 + text.length);
    payload.writeUInt32BE(lastStreamId, 0);
    payload.writeUInt32BE(code, 4);
    payload.write(text, 8, "latin1");
    this.output.frame(h2.GOAWAY, 0, 0, payload);
  }
}
