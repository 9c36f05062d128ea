import { setTimeout as delay } from "node:timers/promises";
import { lagSchema } from "./consumer-answers.ts";
import type { ConsumerClient } from "./consumer-client.ts";
import { CommandError } from "./failures.ts";
import type { Ends } from "./message-log.ts";

/** How often it looks. */
const POLL_MS = 50;

/**
 * Waits until the consumer is done with messages.
 *
 * @param wanted offset by partition, below which everything is stored or a dead letter
 * @throws {CommandError} if the consumer is not done in time
 */
export async function waitUntilRead(
  consumer: ConsumerClient,
  topic: string,
  wanted: Ends,
  deadlineMs: number,
): Promise<void> {
  const endsAtMs = performance.now() + deadlineMs;
  for (;;) {
    const { topics } = await consumer.get("/lag", lagSchema);
    const partitions = topics.find((one) => one.topic === topic)?.partitions ?? [];
    const isDone = [...wanted].every(([number, end]) =>
      partitions.some(({ partition, committed = 0 }) => partition === number && committed >= end),
    );
    if (isDone) return;
    if (performance.now() > endsAtMs) {
      throw new CommandError(
        `the messages are in ${topic}, but the consumer has not read them after ${deadlineMs} ms: see ofs lag`,
      );
    }
    await delay(POLL_MS);
  }
}
