import { FeatureStoreError } from "@ofs/platform";
import type { HeaderField } from "../hpack/header-field.ts";
import { CANCEL } from "../http2/constants.ts";
import { Outgoing } from "../http2/outgoing.ts";
import type { RequestHead } from "../http2/request-head.ts";
import type { Session } from "../http2/session.ts";
import { Http2Stream } from "../http2/stream.ts";
import { PREFIX_BYTES } from "./message-reader.ts";
import { ANSWER_HEAD, statusAnswer, statusTrailers } from "./reply-frames.ts";
import { sendableStatus } from "./status-text.ts";

/** What unary and streaming calls have in common: headers, and answers that have to wait. */
export abstract class CallStream extends Http2Stream {
  /** Full name. */
  readonly method: string;
  protected readonly encoding: string | undefined;
  readonly #fields: readonly HeaderField[];

  constructor(session: Session, head: RequestHead) {
    super(session, head.contentLength);
    this.method = head.path;
    this.encoding = head.encoding;
    this.#fields = head.fields;
  }

  /** First value of a header, by its lower-case name. */
  header(name: string): string | undefined {
    const fields = this.#fields;
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index] as HeaderField;
      if (field.name === name) return field.value;
    }
    return undefined;
  }

  /** Adds a message to what is to be sent, after the head of the answer if it is the first. */
  protected queueMessage(message: Uint8Array): Outgoing {
    const outgoing = this.beginAnswer();
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(message.length, 1);
    outgoing.add(prefix);
    outgoing.add(message);
    return outgoing;
  }

  protected beginAnswer(): Outgoing {
    if (this.outgoing === undefined) {
      this.session.output.madeFrame(ANSWER_HEAD, this.id);
      this.outgoing = new Outgoing();
    }
    return this.outgoing;
  }

  /** Ends the call with an error: after what is queued, if anything has been sent. A call that is over stays as it is. */
  protected sendStatus(error: unknown): void {
    if (this.isClosed) return;
    const { grpc, message } = sendableStatus(error);
    const { maxHeaderListBytes } = this.session.peer;
    if (this.outgoing === undefined) {
      this.session.output.madeFrame(statusAnswer(grpc, message, maxHeaderListBytes), this.id);
      this.session.endStream(this);
    } else {
      this.outgoing.end(statusTrailers(grpc, message, {}, maxHeaderListBytes));
      this.session.sender.wake(this);
    }
  }

  override onSlowRequest(): void {
    const { requestTimeoutMs } = this.session.host.limits;
    const text = `the request did not arrive within ${requestTimeoutMs} ms`;
    this.cut(new FeatureStoreError("DEADLINE_EXCEEDED", text));
  }

  override onNoRoom(): void {
    const text = "the connection holds too many bytes of other calls";
    this.cut(new FeatureStoreError("RESOURCE_EXHAUSTED", text));
  }

  /** Ends the call now: with the error's status while that can be told. */
  protected cut(error: FeatureStoreError): void {
    if (this.isClosed) return;
    if (this.outgoing === undefined) this.sendStatus(error);
    else this.session.resetStream(this, CANCEL);
  }
}
