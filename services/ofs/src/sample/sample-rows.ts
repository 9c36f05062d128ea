import { fileURLToPath } from "node:url";
import type { EntityRow } from "../rows.ts";
import { createAirportRows } from "./airports.ts";
import type { SampleDataset } from "./dataset.ts";
import { createMovieRows } from "./movies.ts";
import { createRouteRows } from "./routes.ts";

/** The sample's registry; beside the sources, and beside what is built of them. */
export const SAMPLE_TREE_FILE: string = fileURLToPath(
  new URL("../../sample/registry.yaml", import.meta.url),
);

/** Rows of one entity of the sample. */
export interface SampleEntity {
  readonly label: string;
  readonly rows: readonly EntityRow[];
}

/** Keys that the documentation uses. They come first, so that a part of the sample has them too. */
export const SHOWN_KEYS = {
  movie: [{ movie_id: "inception" }, { movie_id: "the-dark-knight" }],
  route: [{ origin: "SEA", destination: "SFO" }],
  airport: [{ iata: "SEA" }, { iata: "SFO" }],
} as const;

/** @param maxRows of each entity; undefined = all there are */
export function createSample(dataset: SampleDataset, maxRows?: number): SampleEntity[] {
  const { movies, flights, airports } = dataset;
  const entities: readonly SampleEntity[] = [
    { label: "movie", rows: shownFirst(createMovieRows(movies), SHOWN_KEYS.movie) },
    { label: "route", rows: shownFirst(createRouteRows(flights), SHOWN_KEYS.route) },
    {
      label: "airport",
      rows: shownFirst(createAirportRows(airports, flights), SHOWN_KEYS.airport),
    },
  ];
  return entities.map(({ label, rows }) => ({ label, rows: rows.slice(0, maxRows) }));
}

function shownFirst(
  rows: readonly EntityRow[],
  shown: readonly Readonly<Record<string, string>>[],
): EntityRow[] {
  const names = new Set(shown.map(nameOf));
  const isShown = (row: EntityRow): boolean => names.has(nameOf(row.keys));
  return [...rows.filter(isShown), ...rows.filter((row) => !isShown(row))];
}

function nameOf(keys: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.values(keys));
}
