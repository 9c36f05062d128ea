import type { EntityRow } from "../rows.ts";
import type { FlightRecord } from "./dataset.ts";
import { quantiles } from "./statistics.ts";

const HOURS_PER_DAY = 24;

/** Flights that come later than this count as delayed. */
const DELAYED_AFTER_MIN = 15;

const QUANTILE_SHARES = [0, 0.25, 0.5, 0.75, 1];

/** Sums flights up to rows of the entity `route`, one a pair of airports and direction. */
export function createRouteRows(flights: readonly FlightRecord[]): EntityRow[] {
  return [...groupByRoute(flights).values()].map(createRouteRow);
}

function groupByRoute(flights: readonly FlightRecord[]): Map<string, FlightRecord[]> {
  const routes = new Map<string, FlightRecord[]>();
  for (const flight of flights) {
    const name = JSON.stringify([flight.origin, flight.destination]);
    const group = routes.get(name);
    if (group === undefined) routes.set(name, [flight]);
    else group.push(flight);
  }
  return routes;
}

function createRouteRow(flights: readonly FlightRecord[]): EntityRow {
  const { origin, destination, distance } = flights[0] as FlightRecord;
  const delays = flights.map(({ delay }) => delay);
  const delayedCount = delays.filter((delay) => delay > DELAYED_AFTER_MIN).length;
  const departures = new Array<number>(HOURS_PER_DAY).fill(0);
  for (const { date } of flights) {
    const hour = Number(date.slice(11, 13));
    departures[hour] = (departures[hour] as number) + 1;
  }
  return {
    keys: { origin, destination },
    features: {
      counts: {
        flights: flights.length,
        delayed_flights: delayedCount,
        distance_miles: distance,
      },
      delays: {
        mean_delay_min: delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
        delayed_share: delayedCount / delays.length,
      },
      hours: { departures_by_hour: departures },
      quantiles: { delay_quantiles_min: quantiles(delays, QUANTILE_SHARES) },
    },
  };
}
