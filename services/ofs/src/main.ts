import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { answerVersion, createLogger, Lifecycle, logLevel, runProcess } from "@ofs/platform";
import { CommanderError } from "commander";
import { isLoopback, startFleet } from "./fleet/fleet.ts";
import { DEFAULT_PORT, type FleetOptions, parseOptions } from "./fleet/options.ts";
import { startFailureText } from "./fleet/start-failure.ts";
import { formatWelcome } from "./fleet/welcome.ts";

/** For answering the calls in flight and closing the data folder. */
const SHUTDOWN_MS = 30_000;

answerVersion("ofs-fleet", process.argv.slice(2));
const options = readOptions();
const { APP_LOG_LEVEL: levelName, npm_lifecycle_event: npmScript } = process.env;
const level = logLevel().safeParse(levelName || "WARN");
const log = createLogger({
  service: "ofs",
  level: level.success ? level.data : "WARN",
  destination: process.stderr,
});
const lifecycle = new Lifecycle(log, SHUTDOWN_MS);
const stopping = new AbortController();
runProcess(async () => {
  process.stderr.write("stopping\n");
  stopping.abort();
  await lifecycle.close();
}, log);

try {
  const { signal } = stopping;
  const { env } = process;
  const fleet = await startFleet(options, { env, log, lifecycle, signal, output: process.stderr });
  process.stdout.write(
    formatWelcome(fleet, {
      cli: cliPrefix(),
      isDefaultAddress: fleet.port === DEFAULT_PORT && isLoopback(options.host),
      isExposed: !isLoopback(options.host),
      startMs: performance.now(),
    }),
  );
} catch (error) {
  // What fails because the program is being stopped is no failure: the shutdown ends the process.
  if (!stopping.signal.aborted) await fail(error);
}

function readOptions(): FleetOptions {
  try {
    return parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
}

async function fail(error: unknown): Promise<void> {
  const text = startFailureText(error, options);
  if (text === undefined) log.fatal({ err: error }, "the fleet could not start");
  else process.stderr.write(`error: ${text}\n`);
  await lifecycle.close();
  process.exit(1);
}

/** How the command line is called, for pasting where this program was started. */
function cliPrefix(): string {
  if (npmScript === "start") return "npm run -s ofs --";
  const main = fileURLToPath(import.meta.url);
  const cli = join(dirname(main), "cli", `main${extname(main)}`);
  const nodeOptions = extname(main) === ".ts" ? process.execArgv : [];
  return ["node", ...nodeOptions, relative(process.cwd(), cli)].join(" ");
}
