import type { Faults } from "./faults.ts";
import type { KafkaCluster } from "./kafka-cluster.ts";
import { sleep } from "./sleep.ts";

/** While a topic is missing it is looked for more often. */
const MISSING_INTERVAL_MS = 2000;

/** Notices topics that are made and partitions that are added: the group has to share anew then. */
export class TopicWatch {
  readonly #cluster: KafkaCluster;
  readonly #topics: readonly string[];
  readonly #faults: Faults;
  #missing: readonly string[] = [];

  constructor(cluster: KafkaCluster, topics: readonly string[], faults: Faults) {
    this.#cluster = cluster;
    this.#topics = topics;
    this.#faults = faults;
  }

  /** As of the last refresh. */
  get existing(): readonly string[] {
    return this.#topics.filter((topic) => !this.#missing.includes(topic));
  }

  async refresh(): Promise<void> {
    this.#missing = await this.#cluster.refreshTopics(this.#topics);
    this.report();
  }

  /** Tells which topics are missing. */
  report(): void {
    if (this.#missing.length === 0) this.#faults.clear("topics");
    else this.#faults.set("topics", `${this.#missing.join(", ")} does not exist`);
  }

  /**
   * Resolves when there are other partitions than before and it is this member that shares them out; at the latest when
   * aborted. Never rejects.
   */
  async changed(isLeader: boolean, intervalMs: number, signal: AbortSignal): Promise<"rebalance"> {
    const before = this.#counts();
    while (!signal.aborted) {
      const isMissing = this.#missing.length > 0;
      await sleep(isMissing ? Math.min(MISSING_INTERVAL_MS, intervalMs) : intervalMs, signal);
      if (signal.aborted || !(await this.#refreshed())) continue;
      if (isLeader && this.#counts() !== before) break;
    }
    return "rebalance";
  }

  /** @returns whether it could be done; if not, fetching fails as well, and says so */
  async #refreshed(): Promise<boolean> {
    try {
      await this.refresh();
      return true;
    } catch {
      return false;
    }
  }

  #counts(): string {
    return this.#topics.map((topic) => this.#cluster.partitionCount(topic)).join(" ");
  }
}
