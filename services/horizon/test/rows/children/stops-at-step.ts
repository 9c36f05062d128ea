import type { CreationStep } from "../../../src/rows/creation/creator.ts";
import { creations, layGroundwork } from "../support/creations.ts";
import { openRowWorld, type RowWorldSettings } from "../support/row-world.ts";

/**
 * Lays the groundwork and begins one creation of each kind. Each stops at one step of its way; the parent is told so, and
 * kills this process there. Arguments: settings in JSON, step.
 */
const [json, step] = process.argv.slice(2) as [string, CreationStep];
const settings: RowWorldSettings = JSON.parse(json);
let isArmed = false;

const { admin } = await openRowWorld(settings, async (reached) => {
  if (!isArmed || reached !== step) return;
  process.stdout.write("stopped\n");
  await new Promise(() => undefined);
});

await layGroundwork(admin);
isArmed = true;
// Nothing is left to do then, and still it must not end before its parent does.
process.stdin.on("end", () => process.exit(1)).resume();
await Promise.all(creations(admin).map((create) => create()));
process.stdout.write("nothing stopped\n");
