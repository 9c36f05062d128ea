/** Kafka's name of what a broker refused, or undefined for what is no broker's answer. */
export function errorType(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { type } = one as { type?: unknown };
    if (typeof type === "string") return type;
  }
  return undefined;
}

/** The reason, in one line, without what kafkajs wraps around it. */
export function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  if (!(innermost instanceof Error)) return String(innermost);
  const type = errorType(error);
  return type === undefined ? innermost.message : `${type}: ${innermost.message}`;
}

/** The member was removed from the group, or the group has a newer generation. */
export function isFenced(error: unknown): boolean {
  const type = errorType(error);
  return (
    type === "UNKNOWN_MEMBER_ID" || type === "ILLEGAL_GENERATION" || type === "FENCED_INSTANCE_ID"
  );
}

export function isRebalancing(error: unknown): boolean {
  return errorType(error) === "REBALANCE_IN_PROGRESS";
}

/** The group has moved to another broker, or is being moved. */
export function isCoordinatorGone(error: unknown): boolean {
  const type = errorType(error);
  return (
    type === "NOT_COORDINATOR_FOR_GROUP" ||
    type === "GROUP_COORDINATOR_NOT_AVAILABLE" ||
    type === "GROUP_LOAD_IN_PROGRESS" ||
    // What kafkajs makes of the above where it looked for the group's broker itself.
    (error instanceof Error && error.name === "KafkaJSGroupCoordinatorNotFound")
  );
}

/** Kafka's numbers, for answers of which kafkajs does not look at them: those that matter to reading. */
export const ERROR_CODES = {
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  NOT_LEADER_FOR_PARTITION: 6,
  INVALID_TOPIC_EXCEPTION: 17,
  TOPIC_AUTHORIZATION_FAILED: 29,
} as const;

/** @returns for example `NOT_LEADER_FOR_PARTITION`, or `error 99` */
export function errorName(code: number): string {
  const found = Object.entries(ERROR_CODES).find(([, number]) => number === code);
  return found === undefined ? `error ${code}` : found[0];
}
