import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";

const movie = z.object({
  // Films like "1776" have a number for a title.
  Title: z.union([z.string(), z.number()]).nullable(),
  "US Gross": z.number().int().nullable(),
  "Worldwide Gross": z.number().int().nullable(),
  "US DVD Sales": z.number().int().nullable(),
  "Production Budget": z.number().int().nullable(),
  "Release Date": z.string().regex(/^[A-Z][a-z]{2} \d{2} \d{4}$/),
  "MPAA Rating": z.string().nullable(),
  "Running Time min": z.number().int().nullable(),
  Distributor: z.string().nullable(),
  Source: z.string().nullable(),
  "Major Genre": z.string().nullable(),
  Director: z.string().nullable(),
  "Rotten Tomatoes Rating": z.number().int().nullable(),
  "IMDB Rating": z.number().nullable(),
  "IMDB Votes": z.number().int().nullable(),
});

const flight = z.object({
  /** Departure, local time. */
  date: z.string().regex(/^\d{4}\/\d{2}\/\d{2} (?:[01]\d|2[0-3]):[0-5]\d$/),
  /** Minutes; negative: early. */
  delay: z.number().int(),
  /** Miles. */
  distance: z.number().int(),
  origin: z.string().min(1),
  destination: z.string().min(1),
});

const airport = z.object({
  iata: z.string().min(1),
  name: z.string(),
  city: z.string(),
  state: z.string(),
  country: z.string(),
  latitude: z.coerce.number(),
  longitude: z.coerce.number(),
});

/** A film as in `movies.json`. */
export type MovieRecord = z.infer<typeof movie>;
/** A flight as in `flights-20k.json`. */
export type FlightRecord = z.infer<typeof flight>;
/** An airport as in `airports.csv`; `NA` stands for no value. */
export type AirportRecord = z.infer<typeof airport>;

/** The source files of the sample, parsed. */
export interface SampleDataset {
  readonly movies: readonly MovieRecord[];
  readonly flights: readonly FlightRecord[];
  readonly airports: readonly AirportRecord[];
}

/**
 * Reads the files that the `vega-datasets` package brings along; nothing is downloaded.
 *
 * @throws {Error} naming the file that is missing or is not what this was written for
 */
export async function readSampleDataset(): Promise<SampleDataset> {
  const [movies, flights, airports] = await Promise.all([
    readDataFile("movies.json", (text) => z.array(movie).parse(JSON.parse(text))),
    readDataFile("flights-20k.json", (text) => z.array(flight).parse(JSON.parse(text))),
    readDataFile("airports.csv", (text) => z.array(airport).parse(parse(text, { columns: true }))),
  ]);
  return { movies, flights, airports };
}

async function readDataFile<T>(name: string, parseText: (text: string) => T): Promise<T> {
  // The package exports its entry point only; its data folder lies beside that one's folder.
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  const file = join(dirname(entry), "..", "data", name);
  try {
    return parseText(await readFile(file, "utf8"));
  } catch (cause) {
    throw new Error(`the sample's data file ${file} cannot be used: ${(cause as Error).message}`, {
      cause,
    });
  }
}
