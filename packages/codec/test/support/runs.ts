const { OFS_PROPERTY_RUNS: asked = "2000" } = process.env;

/** How often a property is tried; CI asks for more through the environment. */
export const PROPERTY_RUNS: number = Number(asked);

/** Generous, as it only has to end a hang. */
export const PROPERTY_TIMEOUT_MS: number = 30_000 + PROPERTY_RUNS * 5;
