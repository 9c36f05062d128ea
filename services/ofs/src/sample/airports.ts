import type { EntityRow } from "../rows.ts";
import type { AirportRecord, FlightRecord } from "./dataset.ts";
import { quantiles } from "./statistics.ts";

/** How the source writes that it does not know a text. */
const NO_TEXT = "NA";

/** Airports with more departures than this share of all served ones are busy. */
const BUSY_SHARE = 0.9;

/** Turns airports into rows of the entity `airport`, in the order of the file. */
export function createAirportRows(
  airports: readonly AirportRecord[],
  flights: readonly FlightRecord[],
): EntityRow[] {
  const departures = countBy(flights, ({ origin }) => origin);
  const arrivals = countBy(flights, ({ destination }) => destination);
  const [busyAbove] = quantiles([0, ...departures.values()], [BUSY_SHARE]) as [number];
  return airports.map((airport) => {
    const departureCount = departures.get(airport.iata) ?? 0;
    const arrivalCount = arrivals.get(airport.iata) ?? 0;
    return {
      keys: { iata: airport.iata },
      features: {
        location: { latitude: airport.latitude, longitude: airport.longitude },
        names: {
          name: knownText(airport.name),
          city: knownText(airport.city),
          country: knownText(airport.country),
        },
        labels: {
          tags: [
            knownText(airport.state) ?? "",
            airport.latitude < 0 ? "south" : "north",
            trafficTag(departureCount, arrivalCount, busyAbove),
          ],
        },
        traffic: { departures: departureCount, arrivals: arrivalCount },
      },
    };
  });
}

function trafficTag(departures: number, arrivals: number, busyAbove: number): string {
  if (departures > busyAbove) return "busy";
  return departures + arrivals > 0 ? "served" : "unserved";
}

function knownText(text: string): string | undefined {
  return text === NO_TEXT ? undefined : text;
}

function countBy(
  flights: readonly FlightRecord[],
  keyOf: (flight: FlightRecord) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const flight of flights) {
    const key = keyOf(flight);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
