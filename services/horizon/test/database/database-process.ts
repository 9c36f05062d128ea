import { createInterface } from "node:readline";
import { openDatabase } from "../../src/database/index.ts";
import { newRequest, requestOf, silentLog } from "./new-requests.ts";

/**
 * Opens the database of its first argument (settings as JSON) when it is told `open`, submits `store` requests with the given
 * prefix one after the other when told `submit PREFIX`, and prints each id once it is acknowledged.
 */
const [settings = ""] = process.argv.slice(2);
let opening: ReturnType<typeof openDatabase> | undefined;

async function open() {
  opening ??= openDatabase(JSON.parse(settings), silentLog);
  return opening;
}

async function submit(prefix: string): Promise<void> {
  const database = await open();
  for (let index = 0; ; index += 1) {
    const made = requestOf(
      await database.requests.submit(newRequest("store", `${prefix}${index}`)),
    );
    process.stdout.write(`${made.id}\n`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument = ""] = line.split(" ");
  if (command === "submit") await submit(argument);
  const database = await open();
  await database.ping();
  process.stdout.write(`${command}\n`);
}
await (await opening)?.close();
