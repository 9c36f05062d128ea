import { topicsSchema } from "./consumer-answers.ts";
import type { ConsumerClient } from "./consumer-client.ts";
import { CommandError } from "./failures.ts";

/** @returns the topic named, or the first of the block dialect that the consumer reads */
export async function chooseTopic(
  consumer: ConsumerClient,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named;
  const { topics } = await consumer.get("/topics", topicsSchema);
  const first = topics.find(({ isConsumed, dialect }) => isConsumed && dialect !== "row");
  if (first !== undefined) return first.name;
  throw new CommandError("the consumer reads no topic");
}
