import type { Socket } from "node:net";
import { z } from "zod";
import { FeatureStoreError } from "../errors.ts";

const ENVELOPE = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("request"), id: z.number(), topic: z.string(), body: z.unknown() }),
  z.object({ kind: z.literal("reply"), id: z.number(), body: z.unknown() }),
  z.object({ kind: z.literal("refusal"), id: z.number(), message: z.string() }),
  z.object({ kind: z.literal("notice"), topic: z.string(), body: z.unknown() }),
]);

type Envelope = z.output<typeof ENVELOPE>;

/** Requests that wait for a reply; more are refused. */
export const MAX_PENDING_REQUESTS = 10_000;

/**
 * Hands a message to the other process, with a socket or without.
 *
 * @param onFailure called if the message could not be sent, now or later
 */
export type SendMessage = (
  message: object,
  socket: Socket | undefined,
  onFailure: (error: Error) => void,
) => void;

type Handler = (body: unknown, socket: Socket | undefined) => unknown;

interface Pending {
  readonly timer: NodeJS.Timeout;
  resolve(body: unknown): void;
  reject(error: Error): void;
}

/**
 * One end of the channel between a primary and a worker: requests with one reply each, and notices without. Everything
 * that arrives is checked before anyone sees it.
 */
export class MessagePeer {
  readonly #send: SendMessage;
  readonly #onFault: (error: unknown) => void;
  readonly #requests = new Map<string, Handler>();
  readonly #notices = new Map<string, Handler>();
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #closed: Error | undefined;

  /** @param onFault is told of messages that make no sense and of replies that could not be sent */
  constructor(send: SendMessage, onFault: (error: unknown) => void) {
    this.#send = send;
    this.#onFault = onFault;
  }

  /** Answers requests on a topic with what `handle` returns or resolves to. */
  onRequest<S extends z.ZodType>(
    topic: string,
    schema: S,
    handle: (body: z.output<S>, socket: Socket | undefined) => unknown,
  ): void {
    this.#requests.set(topic, (body, socket) => handle(schema.parse(body), socket));
  }

  onNotice<S extends z.ZodType>(
    topic: string,
    schema: S,
    handle: (body: z.output<S>) => void,
  ): void {
    this.#notices.set(topic, (body) => handle(schema.parse(body)));
  }

  notify(topic: string, body: unknown = null): void {
    if (this.#closed !== undefined) return;
    // A notice is about a state that the end of the channel changes anyway.
    this.#post({ kind: "notice", topic, body }, undefined, () => undefined);
  }

  /**
   * @throws {FeatureStoreError} DEADLINE_EXCEEDED, or UNAVAILABLE if the other side refuses or is gone; RESOURCE_EXHAUSTED
   * beyond `MAX_PENDING_REQUESTS`
   */
  request<S extends z.ZodType>(
    topic: string,
    body: unknown,
    options: { readonly reply: S; readonly timeoutMs: number; readonly socket?: Socket },
  ): Promise<z.output<S>> {
    const { reply, timeoutMs, socket } = options;
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#pending.size >= MAX_PENDING_REQUESTS) {
      const message = `${MAX_PENDING_REQUESTS} requests wait for a reply already`;
      return Promise.reject(new FeatureStoreError("RESOURCE_EXHAUSTED", message));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onLate = (): void => {
        this.#pending.delete(id);
        const message = `no reply to '${topic}' within ${timeoutMs} ms`;
        reject(new FeatureStoreError("DEADLINE_EXCEEDED", message));
      };
      const fail = (cause: Error): void => {
        if (!this.#pending.delete(id)) return;
        clearTimeout(timer);
        reject(new FeatureStoreError("UNAVAILABLE", `'${topic}' was not sent`, { cause }));
      };
      const timer = setTimeout(onLate, timeoutMs);
      const take = (answer: unknown): void => {
        const parsed = reply.safeParse(answer);
        if (parsed.success) resolve(parsed.data);
        else reject(new FeatureStoreError("UNAVAILABLE", `the reply to '${topic}' makes no sense`));
      };
      this.#pending.set(id, { timer, resolve: take, reject });
      this.#post({ kind: "request", id, topic, body }, socket, fail);
    });
  }

  /** Takes a message of the other side in. Never throws. */
  receive(message: unknown, socket?: Socket): void {
    const parsed = ENVELOPE.safeParse(message);
    if (!parsed.success) {
      this.#onFault(new Error(`a message makes no sense: ${parsed.error.message}`));
      return;
    }
    const envelope = parsed.data;
    if (envelope.kind === "request") void this.#answer(envelope, socket);
    else if (envelope.kind === "notice") this.#take(envelope);
    else this.#settle(envelope);
  }

  /** Ends every request that waits; from now on there are no others. */
  close(reason: string): void {
    this.#closed = new FeatureStoreError("UNAVAILABLE", reason);
    for (const { timer, reject } of this.#pending.values()) {
      clearTimeout(timer);
      reject(this.#closed);
    }
    this.#pending.clear();
  }

  /** Never rejects. Replies of synchronous handlers leave before anything else happens. */
  #answer(
    { id, topic, body }: Extract<Envelope, { kind: "request" }>,
    socket: Socket | undefined,
  ): Promise<void> | void {
    const reply = (answer: unknown): void => this.#reply({ kind: "reply", id, body: answer });
    const refuse = (error: unknown): void => {
      socket?.destroy();
      this.#onFault(error);
      const message = error instanceof Error ? error.message : String(error);
      this.#reply({ kind: "refusal", id, message });
    };
    try {
      const handle = this.#requests.get(topic);
      if (handle === undefined) throw new Error(`nobody takes requests on '${topic}'`);
      const answer = handle(body, socket);
      if (answer instanceof Promise) return answer.then(reply, refuse);
      reply(answer);
    } catch (error) {
      refuse(error);
    }
  }

  #take({ topic, body }: Extract<Envelope, { kind: "notice" }>): void {
    try {
      this.#notices.get(topic)?.(body, undefined);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #settle(envelope: Extract<Envelope, { kind: "reply" | "refusal" }>): void {
    const pending = this.#pending.get(envelope.id);
    // It came too late.
    if (pending === undefined) return;
    this.#pending.delete(envelope.id);
    clearTimeout(pending.timer);
    if (envelope.kind === "reply") pending.resolve(envelope.body);
    else pending.reject(new FeatureStoreError("UNAVAILABLE", envelope.message));
  }

  #reply(envelope: Envelope): void {
    if (this.#closed === undefined) this.#post(envelope, undefined, this.#onFault);
  }

  #post(envelope: Envelope, socket: Socket | undefined, onFailure: (error: Error) => void): void {
    try {
      this.#send(envelope, socket, onFailure);
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
