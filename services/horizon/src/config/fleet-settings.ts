import { type EnvReader, list, text } from "@ofs/platform";
import { z } from "zod";
import { FLEET_SERVICES, type FleetTarget, INSTANCE_COUNT_MAX } from "../fleet/targets.ts";

const FORM = `must be SERVICE=URL, comma-separated, such as api-server=http://10.0.0.1:8089; services: ${FLEET_SERVICES.join(", ")}`;

/** As the populator's `ADMIN_TOKEN` has. */
const TOKEN_LENGTH_MIN = 16;

export const FLEET_VARIABLES = z.object({
  HORIZON_FLEET_SERVICES: list()
    .refine((entries) => entries.every((entry) => parseTarget(entry) !== undefined), FORM)
    .refine(
      (entries) => new Set(entries.map((entry) => parseTarget(entry)?.url)).size === entries.length,
      "must name no address twice",
    )
    .refine(
      (entries) => entries.length <= INSTANCE_COUNT_MAX,
      `must name at most ${INSTANCE_COUNT_MAX} instances`,
    )
    .transform((entries) => entries.flatMap((entry) => parseTarget(entry) ?? []))
    .default([]),
  HORIZON_POPULATOR_ADMIN_TOKEN: text()
    .refine(
      (token) => token.length >= TOKEN_LENGTH_MIN,
      `must have at least ${TOKEN_LENGTH_MIN} characters`,
    )
    .optional(),
});

export interface FleetSettings {
  /** Instances that are asked how they do; the populators among them are told what to do, too. */
  readonly targets: readonly FleetTarget[];
  /** The populators' `ADMIN_TOKEN`; undefined: they admit programs of this machine. */
  readonly populatorToken: string | undefined;
}

export function readFleetSettings(reader: EnvReader): FleetSettings | undefined {
  const env = reader.read(FLEET_VARIABLES);
  return (
    env && {
      targets: env.HORIZON_FLEET_SERVICES,
      populatorToken: env.HORIZON_POPULATOR_ADMIN_TOKEN,
    }
  );
}

/** @returns undefined unless it is `service=http(s)://host[:port]`, with nothing after it */
function parseTarget(entry: string): FleetTarget | undefined {
  const at = entry.indexOf("=");
  const service = FLEET_SERVICES.find((name) => name === entry.slice(0, at).trim());
  const address = entry.slice(at + 1).trim();
  if (service === undefined || !URL.canParse(address)) return undefined;
  const { origin, href, protocol } = new URL(address);
  const isOrigin = href === `${origin}/`;
  if (!(isOrigin && (protocol === "http:" || protocol === "https:"))) return undefined;
  return { service, url: origin };
}
