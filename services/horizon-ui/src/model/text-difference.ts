/** Texts up to this are shown whole. */
const SHORT_LENGTH = 120;
/** Characters of what both have in common, on each side of the difference. */
const CONTEXT_LENGTH = 24;
const ELLIPSIS = "…";

/** Two long texts, without most of what they have in common at their beginning and end. Short ones stay as they are. */
export function shortenDifference(
  before: string,
  after: string,
): readonly [before: string, after: string] {
  if (Math.max(before.length, after.length) <= SHORT_LENGTH) return [before, after];
  const shortest = Math.min(before.length, after.length);
  let prefix = 0;
  while (prefix < shortest && before[prefix] === after[prefix]) prefix += 1;
  let suffix = 0;
  const most = shortest - prefix;
  while (suffix < most && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix += 1;
  const start = Math.max(0, prefix - CONTEXT_LENGTH);
  const end = Math.max(0, suffix - CONTEXT_LENGTH);
  return [cut(before, start, end), cut(after, start, end)];
}

function cut(text: string, start: number, end: number): string {
  const middle = text.slice(start, text.length - end);
  return `${start > 0 ? ELLIPSIS : ""}${middle}${end > 0 ? ELLIPSIS : ""}`;
}
