import type { Logger } from "@ofs/platform";
import { type Commit, type RecordSource, SourceError } from "../source.ts";
import type { CommitEnd, IngestMetrics } from "./metrics.ts";
import type { PartitionState } from "./partition-state.ts";

export interface CommitterContext {
  readonly source: RecordSource;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  /** Another member owns the partition: what is in hand of it is void. */
  readonly fenced: (partition: PartitionState) => void;
}

/** Tells the group what is finished. One commit is under way at a time. */
export class Committer {
  readonly #context: CommitterContext;
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  #lastMs: number;
  #failingSinceMs: number | undefined = undefined;
  #failure: string | undefined = undefined;

  constructor(context: CommitterContext) {
    this.#context = context;
    this.#lastMs = context.monotonicNow();
  }

  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Monotonic time of the end of the last commit. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Since when, in monotonic time, commits fail without a success in between, and why the last one did. */
  get failing(): { readonly sinceMs: number; readonly reason: string } | undefined {
    if (this.#failingSinceMs === undefined) return undefined;
    return { sinceMs: this.#failingSinceMs, reason: this.#failure ?? "" };
  }

  /** Commits what is finished, after commits that are under way. Never rejects. @returns whether nothing is left */
  commit(partitions: readonly PartitionState[]): Promise<boolean> {
    this.#underWay += 1;
    const run = this.#last.then(() => this.#commit(partitions));
    this.#last = run;
    return run;
  }

  async #commit(partitions: readonly PartitionState[]): Promise<boolean> {
    const open: PartitionState[] = [];
    const commits: Commit[] = [];
    for (const partition of partitions) {
      const commit = partition.isDropped ? undefined : partition.pendingCommit();
      if (commit === undefined) continue;
      open.push(partition);
      commits.push(commit);
    }
    const isDone = commits.length === 0 || (await this.#send(open, commits));
    this.#underWay -= 1;
    if (commits.length > 0) this.#lastMs = this.#context.monotonicNow();
    return isDone;
  }

  async #send(partitions: PartitionState[], commits: Commit[]): Promise<boolean> {
    try {
      await this.#context.source.commit(commits);
    } catch (error) {
      if (!(error instanceof SourceError && error.code === "FENCED")) return this.#failed(error);
      return this.#sendSingly(partitions, commits, error);
    }
    this.#count("ok");
    this.#succeeded();
    for (const [index, partition] of partitions.entries()) {
      partition.committed = (commits[index] as Commit).offset;
      partition.lastCommitMs = this.#context.now();
    }
    return true;
  }

  /** One of them is another member's by now: which one? */
  async #sendSingly(
    partitions: PartitionState[],
    commits: Commit[],
    fenced: SourceError,
  ): Promise<boolean> {
    const [only] = partitions;
    if (partitions.length === 1 && only !== undefined) {
      this.#count("fenced");
      // It is known already where it went.
      if (only.isDropped) return true;
      const { topic, partition } = only;
      this.#context.log.warn({ err: fenced, topic, partition }, "partition is another member's");
      this.#context.fenced(only);
      return true;
    }
    let isDone = true;
    for (const [index, partition] of partitions.entries()) {
      if (partition.isDropped) continue;
      isDone = (await this.#send([partition], [commits[index] as Commit])) && isDone;
    }
    return isDone;
  }

  #failed(error: unknown): false {
    const { log, monotonicNow } = this.#context;
    this.#count("unavailable");
    this.#failure = (error as Error).message;
    if (this.#failingSinceMs === undefined) {
      this.#failingSinceMs = monotonicNow();
      log.warn({ err: error }, "offsets cannot be committed");
    }
    return false;
  }

  #succeeded(): void {
    if (this.#failingSinceMs !== undefined) this.#context.log.info("offsets are committed again");
    this.#failingSinceMs = undefined;
    this.#failure = undefined;
  }

  #count(end: CommitEnd): void {
    this.#context.metrics.counters.commits.labels(end).inc();
  }
}
