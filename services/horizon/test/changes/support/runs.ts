const { OFS_PROPERTY_RUNS: asked = "500" } = process.env;

/** How often a property is tried; more is asked for through the environment. */
export const PROPERTY_RUNS: number = Number(asked);

/** Sequences of some forty changes each, every one of which is read back twice: a tenth of a second. */
const SEQUENCE_RUNS_MAX = 300;
export const SEQUENCE_RUNS: number = Math.min(Math.ceil(PROPERTY_RUNS / 10), SEQUENCE_RUNS_MAX);

/** Generous, as it only has to end a hang. */
export const PROPERTY_TIMEOUT_MS: number = 60_000 + SEQUENCE_RUNS * 1_000;
