import { describe, expect, it } from "vitest";
import { createAirportRows } from "../../src/sample/airports.ts";
import type { FlightRecord, MovieRecord } from "../../src/sample/dataset.ts";
import { createMovieRows, releaseYear } from "../../src/sample/movies.ts";
import { createRouteRows } from "../../src/sample/routes.ts";

const UNKNOWN_MOVIE: MovieRecord = {
  Title: "Unknown",
  "US Gross": null,
  "Worldwide Gross": null,
  "US DVD Sales": null,
  "Production Budget": null,
  "Release Date": "Dec 15 2039",
  "MPAA Rating": null,
  "Running Time min": null,
  Distributor: null,
  Source: null,
  "Major Genre": null,
  Director: null,
  "Rotten Tomatoes Rating": null,
  "IMDB Rating": null,
  "IMDB Votes": null,
};

const KNOWN_MOVIE: MovieRecord = {
  ...UNKNOWN_MOVIE,
  Title: 300,
  "US Gross": 99,
  "Worldwide Gross": 456_068_181,
  "Production Budget": 60_000_000,
  "Release Date": "Mar 09 2007",
  Source: "Based on Comic/Graphic Novel",
  "IMDB Rating": 7.8,
  "IMDB Votes": 10,
};

function flight(date: string, delay: number, origin = "SEA", destination = "SFO"): FlightRecord {
  return { date, delay, distance: 679, origin, destination };
}

describe("createMovieRows", () => {
  it("leaves what the source does not know to the defaults", () => {
    const [row] = createMovieRows([UNKNOWN_MOVIE, KNOWN_MOVIE]);
    expect(row?.keys).toEqual({ movie_id: "unknown" });
    expect(row?.features).toMatchObject({
      ratings: { imdb_rating: undefined, rotten_tomatoes: undefined },
      money: { us_gross: undefined, worldwide_gross: undefined, production_budget: undefined },
      facts: { title: "Unknown", genre: undefined, mpaa: undefined },
      flags: { is_blockbuster: undefined, is_adaptation: undefined, is_profitable: undefined },
      embedding: { profile: [0, 0, 0, 0, 0, 0, 0, 0] },
      trend: { popularity: undefined },
    });
  });

  it("keeps amounts as 64-bit integers and derives flags", () => {
    const [, row] = createMovieRows([UNKNOWN_MOVIE, KNOWN_MOVIE]);
    expect(row?.features).toMatchObject({
      money: { us_gross: 99n, worldwide_gross: 456_068_181n, production_budget: 60_000_000n },
      facts: { title: "300" },
      flags: { is_blockbuster: true, is_adaptation: true, is_profitable: true },
      compact: { rating_share: 0.78, gross_log10: Math.log10(456_068_182) },
    });
  });

  it("leaves out films without a title", () => {
    expect(createMovieRows([{ ...KNOWN_MOVIE, Title: null }])).toEqual([]);
  });

  it("makes profiles of length 1", () => {
    const other = { ...KNOWN_MOVIE, Title: "Other", "IMDB Rating": 5, "US Gross": 1_000_000 };
    for (const { features } of createMovieRows([KNOWN_MOVIE, other])) {
      const { embedding } = features;
      const profile = Object.values(embedding ?? {})[0] as number[];
      expect(profile).toHaveLength(8);
      expect(Math.hypot(...profile)).toBeCloseTo(1, 10);
    }
  });
});

describe("releaseYear", () => {
  it("moves years that the source could not know a century back", () => {
    expect(releaseYear({ "Release Date": "Dec 15 2039" })).toBe(1939);
    expect(releaseYear({ "Release Date": "Dec 23 2011" })).toBe(2011);
  });
});

describe("createRouteRows", () => {
  it("sums flights up by pair and direction", () => {
    const rows = createRouteRows([
      flight("2001/01/01 00:47", -5),
      flight("2001/01/02 23:10", 16),
      flight("2001/01/02 23:59", 15),
      flight("2001/01/02 12:00", 0, "SFO", "SEA"),
    ]);
    expect(rows.map(({ keys }) => keys)).toEqual([
      { origin: "SEA", destination: "SFO" },
      { origin: "SFO", destination: "SEA" },
    ]);
    const hours = new Array<number>(24).fill(0);
    hours[0] = 1;
    hours[23] = 2;
    expect(rows[0]?.features).toEqual({
      counts: { flights: 3, delayed_flights: 1, distance_miles: 679 },
      delays: { mean_delay_min: 26 / 3, delayed_share: 1 / 3 },
      hours: { departures_by_hour: hours },
      quantiles: { delay_quantiles_min: [-5, 5, 15, 15.5, 16] },
    });
  });
});

describe("createAirportRows", () => {
  const seattle = {
    iata: "SEA",
    name: "Seattle-Tacoma Intl",
    city: "NA",
    state: "WA",
    country: "USA",
    latitude: 47.4,
    longitude: -122.3,
  };

  it("takes NA for unknown, and empty in a vector", () => {
    const [row] = createAirportRows([{ ...seattle, state: "NA", latitude: -1 }], []);
    expect(row?.features).toMatchObject({
      names: { name: "Seattle-Tacoma Intl", city: undefined, country: "USA" },
      labels: { tags: ["", "south", "unserved"] },
      traffic: { departures: 0, arrivals: 0 },
    });
  });

  it("counts flights and tags the busiest airports", () => {
    const flights = [
      ...Array.from({ length: 9 }, () => flight("2001/01/01 10:00", 0)),
      flight("2001/01/01 10:00", 0, "SFO", "SEA"),
    ];
    const rows = createAirportRows([seattle, { ...seattle, iata: "SFO" }], flights);
    expect(rows.map(({ features }) => features)).toMatchObject([
      { labels: { tags: ["WA", "north", "busy"] }, traffic: { departures: 9, arrivals: 1 } },
      { labels: { tags: ["WA", "north", "served"] }, traffic: { departures: 1, arrivals: 9 } },
    ]);
  });
});
