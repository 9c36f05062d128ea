/** Turns a title into a key: lower case, without accents, words joined by dashes. May be empty. */
export function slugOf(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** What a key is made of. */
export interface SlugSource {
  readonly title: string;
  readonly year: number;
}

/**
 * Gives each film a key of its own: its slug, with the year where films share the slug (all of them, so
 * that no key depends on the order), and a count (`-2`, `-3`) where that is not enough.
 *
 * @returns one key a film, in order
 */
export function uniqueSlugs(sources: readonly SlugSource[]): string[] {
  const slugs = sources.map(({ title }) => slugOf(title) || "untitled");
  const counts = new Map<string, number>();
  for (const slug of slugs) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  const taken = new Set(slugs.filter((slug) => counts.get(slug) === 1));
  return slugs.map((slug, index) => {
    if (counts.get(slug) === 1) return slug;
    const key = firstFree(`${slug}-${(sources[index] as SlugSource).year}`, taken);
    taken.add(key);
    return key;
  });
}

function firstFree(wanted: string, taken: ReadonlySet<string>): string {
  let key = wanted;
  for (let count = 2; taken.has(key); count++) key = `${wanted}-${count}`;
  return key;
}
