import { assertConnected } from "./cluster-checks.ts";
import type { ScyllaConnection } from "./connection.ts";
import { toScyllaFailure } from "./scylla-errors.ts";

/** Changes of schema of one process, one after the other: clusters do not like them at the same time. */
export class SchemaChanges {
  readonly #connection: ScyllaConnection;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: ScyllaConnection) {
    this.#connection = connection;
  }

  /** @throws {FeatureStoreError} what the change failed with */
  async change<T>(subject: string, act: () => Promise<T>): Promise<T> {
    const made = this.#last.then(() => this.look(subject, act));
    // Whoever waits for this one goes on whatever became of it; `made` tells its own caller.
    this.#last = made.catch(() => undefined);
    return made;
  }

  /** Runs what changes nothing, without waiting. @throws {FeatureStoreError} */
  async look<T>(subject: string, act: () => Promise<T>): Promise<T> {
    assertConnected(this.#connection, subject);
    try {
      return await act();
    } catch (error) {
      throw toScyllaFailure(error, subject, false);
    }
  }
}
