import type { Explanation } from "../explanations.ts";

function hidden(id: string, reason: string): Explanation {
  return { id, about: [], reason, explains: () => false };
}

/** Known and intended, but not to be seen in one request's two answers. */
export const HIDDEN_DIFFERENCES: readonly Explanation[] = [
  hidden(
    "long-lifetimes-end",
    "Lifetimes over 513 days are written as never-ending by the reference, and truthfully by us.",
  ),
  hidden(
    "scopes-of-callers",
    "The reference lets every reader token read, write and administer. With us a reader may be limited to entities, " +
      "to reading or to writing (PERMISSION_DENIED), and may have hashed and outgoing tokens.",
  ),
  hidden(
    "expired-groups-leave-alone",
    "On Redis as the store one expired group drops the whole record when the reference merges; we keep the others. " +
      "Its merge may lose one of two concurrent writes; ours is atomic.",
  ),
  hidden(
    "open-breaker-is-not-an-answer",
    "With the breaker of the shared cache open, or that cache down, the reference answers defaults and caches them. " +
      "We ask the store. It looks like a column that is a default there and a value here: run with healthy caches.",
  ),
  hidden(
    "damaged-blocks-are-told-apart",
    "A block that cannot be read fails the whole row in the reference, silently; with us that group only, counted.",
  ),
  hidden(
    "one-bad-node-stops-itself",
    "One value in the registry that does not parse freezes all changes in the reference. With us it stops its own " +
      "feature group (FAILED_PRECONDITION) or is kept in its last good form.",
  ),
  hidden(
    "caches-by-canonical-key",
    "The reference builds cache keys in the order of the caller's keys_schema, so a write through one order leaves " +
      "the entry of the other stale. We use the entity's order.",
  ),
  hidden(
    "invalid-text-is-replaced",
    "Stored bytes that are not UTF-8 cannot be shown by the reference (INTERNAL); we replace them by U+FFFD.",
  ),
  hidden(
    "peer-admin-calls",
    "Binary values in the peer cache's admin replies make the reference fail; ours declare them as bytes.",
  ),
];
