/** Services whose instances are asked how they do. */
export const FLEET_SERVICES = ["api-server", "consumer", "populator"] as const;
export type FleetService = (typeof FLEET_SERVICES)[number];

/** Instances that may be configured: each costs two requests a look. */
export const INSTANCE_COUNT_MAX = 64;

/** One instance of a service. */
export interface FleetTarget {
  readonly service: FleetService;
  /** Origin of its HTTP: `http://10.0.0.1:8089`. */
  readonly url: string;
}
