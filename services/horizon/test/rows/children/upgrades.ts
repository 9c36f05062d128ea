import { parseGroupRequest, parseJson } from "@ofs/rows";
import { groupBody } from "../support/bodies.ts";
import { openRowWorld, type RowWorldSettings } from "../support/row-world.ts";

/**
 * Makes many versions of one feature group at once, and tells of each that was acknowledged. Arguments: settings in JSON,
 * how many.
 */
const [json, count] = process.argv.slice(2) as [string, string];
const settings: RowWorldSettings = JSON.parse(json);
const world = await openRowWorld(settings);
const request = parseGroupRequest(parseJson(JSON.stringify(groupBody("grown", "base"))));
const options = { isUpgrade: true, isRegister: false };

// It must not end before its parent says so.
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write("ready\n");
await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const { version } = await world.admin.creator.createGroup(request, options);
    process.stdout.write(`${version}\n`);
  }),
);
process.stdout.write("done\n");
