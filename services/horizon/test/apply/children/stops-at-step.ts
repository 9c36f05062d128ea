import type { ApplyStep } from "../../../src/apply/index.ts";
import { openProcessWorld, type WorldSettings } from "../support/process-world.ts";
import { approve, approveAll, groundwork, oneOfEach, submit } from "../support/scenario.ts";

/**
 * Lays the groundwork, submits one change of each kind and approves all of them at the same time. Each stops at one step
 * of its way; the parent is told so, and kills this process there.
 * Arguments: settings in JSON, step.
 */
const [json, step] = process.argv.slice(2) as [string, ApplyStep];
const settings: WorldSettings = JSON.parse(json);
let isArmed = false;

function stopForEver(): Promise<never> {
  return new Promise(() => undefined);
}

const { changes } = await openProcessWorld(settings, async (reached, { kind, id }) => {
  if (!isArmed || reached !== step) return;
  process.stdout.write(`stopped ${kind} ${id}\n`);
  await stopForEver();
});

await approveAll(changes, groundwork(settings.stores));
const asked: Parameters<typeof approve>[] = [];
for (const ask of oneOfEach(settings.stores)) {
  asked.push([changes, ask.kind, await submit(changes, ask)]);
}
isArmed = true;
// Nothing is left to do then, and still it must not end before its parent does.
process.stdin.on("end", () => process.exit(1)).resume();
await Promise.all(asked.map((each) => approve(...each)));
process.stdout.write("nothing stopped\n");
