/** `servers`: what services expect of their servers. `sample`: an entity with rows, and a table in the lake. Both may be repeated. */

import { prepareSample } from "./sample.ts";
import { prepareServers } from "./servers.ts";

const STEPS: Readonly<Record<string, () => Promise<void>>> = {
  servers: prepareServers,
  sample: prepareSample,
};

const name = process.argv[2] ?? "";
const step = STEPS[name];
if (step === undefined) throw new Error(`no step is called "${name}"; there are servers, sample`);
await step();
