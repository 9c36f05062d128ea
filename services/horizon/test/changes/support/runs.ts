const { OFS_PROPERTY_RUNS: asked = "500" } = process.env;

/** How often a property is tried; more is asked for through the environment. */
export const PROPERTY_RUNS: number = Number(asked);

/** Sequences of some forty changes each, every one of which is read back twice. */
export const SEQUENCE_RUNS: number = Math.ceil(PROPERTY_RUNS / 10);

/** Generous, as it only has to end a hang. */
export const PROPERTY_TIMEOUT_MS: number = 60_000 + SEQUENCE_RUNS * 1_000;
