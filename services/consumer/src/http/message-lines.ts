import { FeatureStoreError } from "@ofs/platform";

const MAX_LINES = 10_000;

/** A message to be added to a topic. */
export interface Message {
  readonly key: string | undefined;
  readonly value: Uint8Array;
}

/**
 * Messages of which each is a line; empty lines are none.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT naming the line and what `parse` says of it
 */
export function linesOf(text: string, parse: (line: string) => Message): Message[] {
  const messages: Message[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    if (messages.length >= MAX_LINES) {
      throw new FeatureStoreError("INVALID_ARGUMENT", `the body has more than ${MAX_LINES} lines`);
    }
    try {
      messages.push(parse(line));
    } catch (cause) {
      if (!(cause instanceof FeatureStoreError)) throw cause;
      throw new FeatureStoreError(cause.code, `line ${index + 1}: ${cause.message}`, { cause });
    }
  }
  if (messages.length > 0) return messages;
  throw new FeatureStoreError("INVALID_ARGUMENT", "the body has no line");
}
