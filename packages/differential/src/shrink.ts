import type { Case, RetrieveCase } from "./cases.ts";

/** Most requests asked to make one example smaller. */
export const SHRINK_ASKS_MAX = 80;

/**
 * Makes a read smaller for as long as it still shows what it showed: fewer keys, groups, labels. Writes
 * are left as they are: to repeat them would change what they show.
 *
 * @param stillShows asks both servers again
 */
export async function shrinkCase(
  each: Case,
  stillShows: (smaller: RetrieveCase) => Promise<boolean>,
): Promise<Case> {
  if (each.kind !== "retrieve") return each;
  let smallest = each;
  let asksLeft = SHRINK_ASKS_MAX;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smallerCases(smallest)) {
      if (asksLeft === 0) return smallest;
      asksLeft -= 1;
      if (!(await stillShows(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function* smallerCases(each: RetrieveCase): Generator<RetrieveCase> {
  yield* withFewerKeys(each);
  yield* withFewerGroups(each);
}

function* withFewerKeys(each: RetrieveCase): Generator<RetrieveCase> {
  const { query, rowTraits } = each;
  const keys = query.keys ?? [];
  for (let size = keys.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start < keys.length; start += size) {
      yield {
        ...each,
        query: { ...query, keys: keys.toSpliced(start, size) },
        rowTraits: rowTraits.toSpliced(start, size),
      };
    }
  }
}

function* withFewerGroups(each: RetrieveCase): Generator<RetrieveCase> {
  const { query } = each;
  const groups = query.featureGroups ?? [];
  for (const index of groups.keys()) {
    if (groups.length === 1) break;
    yield { ...each, query: { ...query, featureGroups: groups.toSpliced(index, 1) } };
  }
  for (const [index, group] of groups.entries()) {
    const labels = group.featureLabels ?? [];
    for (const at of labels.keys()) {
      if (labels.length === 1) break;
      const smaller = { ...group, featureLabels: labels.toSpliced(at, 1) };
      yield { ...each, query: { ...query, featureGroups: groups.toSpliced(index, 1, smaller) } };
    }
  }
}
