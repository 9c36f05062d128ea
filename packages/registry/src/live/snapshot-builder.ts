import type { Revision, Snapshot } from "../model.ts";
import type { SnapshotParser } from "../parse/snapshot-parser.ts";
import type { RegistryChanges, RegistryTree } from "../source.ts";
import type { Steps } from "../steps.ts";
import type { ConfigNode } from "../tree/config-node.ts";
import { LiveTree } from "./live-tree.ts";

/** How long the event loop is held without a pause, in milliseconds. */
export const SLICE_MS = 5;

/** With more batches than this waiting, the work at hand is carried out without a pause. */
export const WAITING_BATCH_COUNT_MAX = 10_000;

export interface BuilderEvents {
  /** A tree or changes are applied. `snapshot` is undefined if they changed nothing. */
  readonly onApplied: (snapshot: Snapshot | undefined) => void;
  /** A fault of our own; the last snapshot stays. */
  readonly onFault: (error: unknown) => void;
}

/** A whole tree that waits to be applied. */
interface WaitingTree {
  readonly tree: RegistryTree;
  readonly isWanted: () => boolean;
  readonly settle: () => void;
}

/**
 * Makes snapshots of trees and changes. Small work is done at once; large work (a first load, a change
 * of many groups) in slices between which the event loop turns. What comes meanwhile waits, and is
 * folded into one next snapshot.
 */
export class SnapshotBuilder {
  /** The tree of the newest snapshot. */
  readonly tree = new LiveTree();
  readonly #parser: SnapshotParser;
  readonly #events: BuilderEvents;
  #waiting: (WaitingTree | readonly RegistryChanges[])[] = [];
  #waitingBatchCount = 0;
  #work: Steps<void> | undefined;
  #timer: NodeJS.Immediate | undefined;
  #parsedRoot: ConfigNode | undefined;
  #revision: Revision = 0;
  #isTurning = false;
  #isClosed = false;

  constructor(parser: SnapshotParser, events: BuilderEvents) {
    this.#parser = parser;
    this.#events = events;
  }

  /** Up to where the source's history is in the newest snapshot. */
  get revision(): Revision {
    return this.#revision;
  }

  /** Changes with what the newest snapshot was made of. */
  get root(): ConfigNode | undefined {
    return this.#parsedRoot;
  }

  /**
   * @param isWanted asked when it is the tree's turn: others may have come before it
   * @returns when it is applied, or left out. Never rejects
   */
  takeTree(tree: RegistryTree, isWanted: () => boolean = () => true): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((settle) => {
      this.#waiting.push({ tree, isWanted, settle });
      this.#begin();
    });
  }

  /** @param batches in order; those that a tree holds already are left out */
  takeChanges(batches: readonly RegistryChanges[]): void {
    if (this.#isClosed) return;
    this.#waiting.push(batches);
    this.#waitingBatchCount += batches.length;
    this.#begin();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) clearImmediate(this.#timer);
    if (!this.#isTurning) this.#work?.return(undefined);
    for (const waiting of this.#takeWaiting()) if ("settle" in waiting) waiting.settle();
  }

  #begin(): void {
    // One whose listener brings more is in the midst of a turn.
    if (this.#timer === undefined && !this.#isTurning) this.#turn();
  }

  #turn(): void {
    this.#timer = undefined;
    this.#isTurning = true;
    const isIdle = this.#runSlice();
    this.#isTurning = false;
    if (!isIdle && !this.#isClosed) this.#timer = setImmediate(() => this.#turn());
  }

  /** @returns whether there is nothing left to do */
  #runSlice(): boolean {
    const endMs = performance.now() + SLICE_MS;
    do {
      if (this.#work === undefined && this.#waiting.length === 0) return true;
      this.#work ??= this.#apply(this.#takeWaiting());
      if (this.#isOver(this.#work)) this.#work = undefined;
    } while (performance.now() < endMs || this.#waitingBatchCount > WAITING_BATCH_COUNT_MAX);
    return false;
  }

  /** Carries out one step. */
  #isOver(work: Steps<void>): boolean {
    try {
      return work.next().done === true;
    } catch (error) {
      this.#events.onFault(error);
      return true;
    }
  }

  #takeWaiting(): (WaitingTree | readonly RegistryChanges[])[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBatchCount = 0;
    return waiting;
  }

  *#apply(waiting: readonly (WaitingTree | readonly RegistryChanges[])[]): Steps<void> {
    try {
      for (const each of waiting) {
        if (!("settle" in each)) yield* this.tree.applySteps(each);
        else if (each.isWanted()) yield* this.tree.replaceSteps(each.tree);
      }
      const { root, revision } = this.tree;
      if (root === this.#parsedRoot) {
        this.#revision = revision;
        this.#events.onApplied(undefined);
        return;
      }
      const snapshot = yield* this.#parser.parseSteps(root, revision);
      this.#parsedRoot = root;
      this.#revision = revision;
      this.#events.onApplied(snapshot);
    } finally {
      for (const each of waiting) if ("settle" in each) each.settle();
    }
  }
}
