/** Names that differ in more than this share of their letters are no help. */
const MAX_DISTANCE_SHARE = 0.4;

/** Names longer than this are compared by their first letters only. */
const MAX_COMPARED_LENGTH = 64;

/** Most names that a message lists. */
const MAX_LISTED = 12;

/**
 * Says which name was meant, or which there are: for the end of an error message.
 *
 * @returns ` (did you mean "x"?)`, ` (there are a, b)`, or nothing if there are none
 */
export function suggest(name: string, known: Iterable<string>): string {
  const names = [...known];
  if (names.length === 0) return "";
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return ` (did you mean "${nearest}"?)`;
  const listed = names.slice(0, MAX_LISTED).join(", ");
  return names.length > MAX_LISTED
    ? ` (there are ${listed} and ${names.length - MAX_LISTED} more)`
    : ` (there are ${listed})`;
}

function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= nearestDistance) continue;
    nearest = candidate;
    nearestDistance = distance;
  }
  const limit = Math.max(1, Math.floor(name.length * MAX_DISTANCE_SHARE));
  return nearestDistance <= limit ? nearest : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  const a = from.slice(0, MAX_COMPARED_LENGTH);
  const b = to.slice(0, MAX_COMPARED_LENGTH);
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row[j] = cheapest(a, b, i, j, rows, row);
    rows[i] = row;
  }
  return rows[a.length]?.[b.length] as number;
}

function cheapest(
  a: string,
  b: string,
  i: number,
  j: number,
  rows: readonly (readonly number[])[],
  row: readonly number[],
): number {
  const above = rows[i - 1] as readonly number[];
  const isSame = a[i - 1] === b[j - 1];
  const steps = [
    (above[j] as number) + 1,
    (row[j - 1] as number) + 1,
    (above[j - 1] as number) + (isSame ? 0 : 1),
  ];
  if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
    steps.push((rows[i - 2]?.[j - 2] as number) + 1);
  }
  return Math.min(...steps);
}
