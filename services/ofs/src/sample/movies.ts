import type { EntityRow } from "../rows.ts";
import type { MovieRecord } from "./dataset.ts";
import { uniqueSlugs } from "./slug.ts";
import { createRank, type Distribution, describeDistribution, normalize } from "./statistics.ts";

const BLOCKBUSTER_GROSS_USD = 100_000_000;

/** The files were made in 2010 from two-digit years: later ones lie a century back. */
const LAST_RELEASE_YEAR = 2011;

/** The numbers that `profile` is made of, in its order; amounts and votes by their power of ten. */
const PROFILE_FIELDS: readonly ((movie: MovieRecord) => number | undefined)[] = [
  (movie) => movie["IMDB Rating"] ?? undefined,
  (movie) => movie["Rotten Tomatoes Rating"] ?? undefined,
  (movie) => log10(movie["IMDB Votes"]),
  (movie) => log10(movie["US Gross"]),
  (movie) => log10(movie["Worldwide Gross"]),
  (movie) => log10(movie["US DVD Sales"]),
  (movie) => log10(movie["Production Budget"]),
  (movie) => movie["Running Time min"] ?? undefined,
];

/** Turns films into rows of the entity `movie`, in the order of the file. Films without a title are left out. */
export function createMovieRows(records: readonly MovieRecord[]): EntityRow[] {
  const movies = records.filter(({ Title }) => Title !== null);
  const keys = uniqueSlugs(
    movies.map((movie) => ({ title: String(movie.Title), year: releaseYear(movie) })),
  );
  const votes = movies.flatMap((movie) => movie["IMDB Votes"] ?? []);
  const popularity = createRank(votes);
  const distributions = PROFILE_FIELDS.map((read) =>
    describeDistribution(movies.flatMap((movie) => read(movie) ?? [])),
  );
  return movies.map((movie, index) => ({
    keys: { movie_id: keys[index] as string },
    features: {
      ...measuredFeatures(movie),
      ...derivedFeatures(movie),
      embedding: { profile: profileOf(movie, distributions) },
      trend: { popularity: given(movie["IMDB Votes"], popularity) },
    },
  }));
}

function measuredFeatures(movie: MovieRecord): EntityRow["features"] {
  return {
    ratings: {
      imdb_rating: movie["IMDB Rating"] ?? undefined,
      rotten_tomatoes: movie["Rotten Tomatoes Rating"] ?? undefined,
    },
    counts: {
      imdb_votes: movie["IMDB Votes"] ?? undefined,
      running_time_min: movie["Running Time min"] ?? undefined,
      release_year: releaseYear(movie),
    },
    money: {
      us_gross: given(movie["US Gross"], BigInt),
      worldwide_gross: given(movie["Worldwide Gross"], BigInt),
      production_budget: given(movie["Production Budget"], BigInt),
    },
    facts: {
      title: String(movie.Title),
      genre: movie["Major Genre"] ?? undefined,
      distributor: movie.Distributor ?? undefined,
      director: movie.Director ?? undefined,
      mpaa: movie["MPAA Rating"] ?? undefined,
    },
  };
}

function derivedFeatures(movie: MovieRecord): EntityRow["features"] {
  const gross = movie["Worldwide Gross"];
  const budget = movie["Production Budget"];
  return {
    flags: {
      is_blockbuster: given(gross, (amount) => amount >= BLOCKBUSTER_GROSS_USD),
      is_adaptation: given(movie.Source, (source) => source !== "Original Screenplay"),
      is_profitable: gross === null || budget === null ? undefined : gross > budget,
    },
    compact: {
      rating_share: given(movie["IMDB Rating"], (rating) => rating / 10),
      freshness_share: given(movie["Rotten Tomatoes Rating"], (rating) => rating / 100),
      gross_log10: log10(gross),
      budget_log10: log10(budget),
    },
  };
}

/** A number that is not known counts as the mean, which is 0 here. */
function profileOf(movie: MovieRecord, distributions: readonly Distribution[]): number[] {
  const scores = PROFILE_FIELDS.map((read, index) => {
    const value = read(movie);
    const { mean, deviation } = distributions[index] as Distribution;
    return value === undefined ? 0 : (value - mean) / deviation;
  });
  return normalize(scores);
}

/** @returns for example 1925 for `Jan 01 2025` */
export function releaseYear(movie: Pick<MovieRecord, "Release Date">): number {
  const year = Number(movie["Release Date"].slice(-4));
  return year > LAST_RELEASE_YEAR ? year - 100 : year;
}

function log10(amount: number | null): number | undefined {
  return amount === null ? undefined : Math.log10(amount + 1);
}

function given<T, R>(value: T | null, convert: (value: T) => R): R | undefined {
  return value === null ? undefined : convert(value);
}
