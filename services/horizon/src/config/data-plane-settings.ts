import { type EnvReader, text } from "@ofs/platform";
import { z } from "zod";

export const DATA_PLANE_VARIABLES = z.object({
  HORIZON_API_SERVER_ADDRESS: text()
    .refine((address) => /^[^\s/]+:\d{1,5}$/.test(address), "must be host:port")
    .optional(),
  HORIZON_API_SERVER_CALLER_ID: text().optional(),
  HORIZON_API_SERVER_CALLER_TOKEN: text().optional(),
});

/** Where values are looked up, and as whom: a reader of the registry. */
export interface DataPlaneSettings {
  /** `host:port` */
  readonly address: string;
  readonly callerId: string;
  readonly callerToken: string;
}

/** @returns undefined: values cannot be looked up */
export function readDataPlaneSettings(reader: EnvReader): DataPlaneSettings | undefined {
  const env = reader.read(DATA_PLANE_VARIABLES);
  const {
    HORIZON_API_SERVER_ADDRESS: address,
    HORIZON_API_SERVER_CALLER_ID: callerId = "",
    HORIZON_API_SERVER_CALLER_TOKEN: callerToken = "",
  } = env ?? {};
  if (address === undefined) return undefined;
  for (const name of ["HORIZON_API_SERVER_CALLER_ID", "HORIZON_API_SERVER_CALLER_TOKEN"] as const) {
    if (env?.[name] === undefined) {
      reader.fault(name, "is required with HORIZON_API_SERVER_ADDRESS");
    }
  }
  return { address, callerId, callerToken };
}
