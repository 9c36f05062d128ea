import type { IEvent, IWatchResponse } from "etcd3";
import type { Revision } from "../model.ts";
import type { EtcdWatchStream } from "./etcd-client.ts";
import type { EtcdKeys } from "./etcd-keys.ts";

/** Ids of the two watches of a stream, ours to choose. */
const TREE_WATCH_ID = "1";
const ROOT_WATCH_ID = "2";

/** How a session ended: with a gap in the history, or just without its connection. */
export interface SessionEnd {
  readonly isGap: boolean;
  readonly reason: string;
}

export interface SessionEvents {
  /** All watches are in place. */
  readonly onOpen: () => void;
  /** Events of whole revisions below the root; no events = nothing happened up to its revision. */
  readonly onTreeEvents: (response: IWatchResponse) => void;
}

/** First revisions to watch; the root's own key is not watched where that is undefined. */
export interface SessionStart {
  readonly tree: Revision;
  readonly root: Revision | undefined;
}

/** One watch stream, from its opening to its end. */
export class EtcdWatchSession {
  readonly #stream: EtcdWatchStream;
  readonly #events: SessionEvents;
  readonly #pendingIds = new Set<string>();
  /** Events of a response that comes in pieces. */
  #fragments: IEvent[] = [];
  #end: (end: SessionEnd) => void = () => undefined;
  #openTimer: NodeJS.Timeout | undefined;

  constructor(stream: EtcdWatchStream, events: SessionEvents) {
    this.#stream = stream;
    this.#events = events;
  }

  /** Resolves when the stream has ended, for whatever reason. */
  run(
    keys: EtcdKeys,
    from: SessionStart,
    openTimeoutMs: number,
    signal: AbortSignal,
  ): Promise<SessionEnd> {
    const ended = new Promise<SessionEnd>((resolve) => {
      this.#end = resolve;
    });
    const onAbort = (): void => this.#end({ isGap: false, reason: "stopped" });
    this.#stream
      .on("data", (response) => this.#take(response))
      .on("error", (error) => this.#end({ isGap: false, reason: error.message }))
      .on("end", () => this.#end({ isGap: false, reason: "the server ended the watch" }));
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    this.#openTimer = setTimeout(() => {
      this.#end({ isGap: false, reason: `the watch did not open within ${openTimeoutMs} ms` });
    }, openTimeoutMs);
    this.#subscribe(TREE_WATCH_ID, keys.prefix, keys.prefixEnd, from.tree);
    if (from.root !== undefined) this.#subscribe(ROOT_WATCH_ID, keys.root, undefined, from.root);
    return ended.finally(() => {
      clearTimeout(this.#openTimer);
      signal.removeEventListener("abort", onAbort);
      this.#stream.cancel();
    });
  }

  #subscribe(id: string, key: Buffer, rangeEnd: Buffer | undefined, from: Revision): void {
    this.#pendingIds.add(id);
    this.#stream.write({
      create_request: {
        watch_id: id,
        key,
        ...(rangeEnd && { range_end: rangeEnd }),
        start_revision: from,
        progress_notify: true,
        fragment: true,
      },
    });
  }

  #take(response: IWatchResponse): void {
    if (response.canceled) {
      this.#end(toSessionEnd(response));
    } else if (response.created) {
      this.#pendingIds.delete(response.watch_id);
      if (this.#pendingIds.size > 0) return;
      clearTimeout(this.#openTimer);
      this.#events.onOpen();
    } else if (response.watch_id === ROOT_WATCH_ID) {
      // Rare, and it may change anything: simplest is to begin anew.
      if (response.events.length > 0) {
        this.#end({ isGap: true, reason: "the root's own value changed" });
      }
    } else {
      this.#takeTreeEvents(response);
    }
  }

  #takeTreeEvents(response: IWatchResponse): void {
    if (response.fragment) {
      for (const event of response.events) this.#fragments.push(event);
      return;
    }
    const events = this.#fragments.length === 0 ? response.events : this.#fragments;
    if (events !== response.events) for (const event of response.events) events.push(event);
    this.#fragments = [];
    this.#events.onTreeEvents({ ...response, events });
  }
}

function toSessionEnd(response: IWatchResponse): SessionEnd {
  if (Number(response.compact_revision) > 0) {
    return { isGap: true, reason: `compacted up to revision ${response.compact_revision}` };
  }
  const reason = response.cancel_reason || "no reason given";
  const isGap = !reason.includes("auth token");
  return { isGap, reason: `the server cancelled the watch: ${reason}` };
}
