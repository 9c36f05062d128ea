import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_DATA_FOLDER } from "./data-folder.ts";
import { DEFAULT_ROW_PORT } from "./row-port.ts";

export const DEFAULT_PORT = 8089;
const DEFAULT_HORIZON_PORT = 8082;
const DEFAULT_POPULATOR_PORT = 8091;

/** On this interface nobody else can reach the sample's well-known token. */
const DEFAULT_HOST = "127.0.0.1";

const MAX_PORT = 65_535;

/** What the fleet is started with. */
export interface FleetOptions {
  readonly dataFolder: string;
  /** Whether the folder is emptied first. */
  readonly reset: boolean;
  /** Whether the sample is loaded into an empty registry. */
  readonly sample: boolean;
  /** 0 = one that is free. */
  readonly port: number;
  /** Of the row dialect alone; 0 = one that is free; undefined: 8080, or one that is free if that is taken. */
  readonly rowPort: number | undefined;
  /** Of the consumer's HTTP; 0 = one that is free. */
  readonly consumerPort: number;
  /** Of the control plane; 0 = one that is free. */
  readonly horizonPort: number;
  /** Of the populator's HTTP; 0 = one that is free. */
  readonly populatorPort: number;
  readonly host: string;
  /** Most rows of each entity of the sample; undefined = all. */
  readonly sampleRows: number | undefined;
}

const HELP = `
Further settings come from the environment: APP_LOG_LEVEL (WARN), OFS_SAMPLE_ROWS (most sample rows of an
entity; all), the api-server's limits, and the control plane's settings (see their READMEs).

Examples:
  npm start
  npm start -- --port 9000 --data-folder /tmp/features
  npm start -- --reset`;

/**
 * Parses the command line.
 *
 * @param args after the program's name
 * @throws {CommanderError} for help, and for options that make no sense; the message is written by then
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): FleetOptions {
  const { OFS_DATA_FOLDER: dataFolder, OFS_SAMPLE_ROWS: rows } = env;
  const program = new Command("ofs-fleet")
    .exitOverride()
    .description("Runs the online feature store in one process, on one data folder.")
    .option(
      "--data-folder <path>",
      "where everything is kept (env: OFS_DATA_FOLDER)",
      dataFolder || DEFAULT_DATA_FOLDER,
    )
    .option("--reset", "remove everything that is in the data folder, then start anew", false)
    .option("--no-sample", "leave an empty registry empty")
    .option("--port <port>", "gRPC and HTTP; 0 = any that is free", parsePort, DEFAULT_PORT)
    .option(
      "--row-port <port>",
      `the row dialect's own (default: ${DEFAULT_ROW_PORT} if it is free, else any that is; with --port, any)`,
      parsePort,
    )
    .option(
      "--consumer-port <port>",
      "HTTP of the consumer: produce, lag, dead letters (default: the one after --port)",
      parsePort,
    )
    .option(
      "--horizon-port <port>",
      `HTTP of the control plane (default: ${DEFAULT_HORIZON_PORT}, or the one after the consumer's)`,
      parsePort,
    )
    .option(
      "--populator-port <port>",
      `HTTP of the populator (default: ${DEFAULT_POPULATOR_PORT}; with --port, any that is free)`,
      parsePort,
    )
    .option("--host <host>", "interface to listen on", DEFAULT_HOST)
    .showHelpAfterError("(--help shows the usage)")
    .addHelpText("after", HELP)
    .allowExcessArguments(false);
  program.parse([...args], { from: "user" });
  const flags = program.opts<
    Omit<
      FleetOptions,
      "sampleRows" | "rowPort" | "consumerPort" | "horizonPort" | "populatorPort"
    > & {
      rowPort?: number;
      consumerPort?: number;
      horizonPort?: number;
      populatorPort?: number;
    }
  >();
  if (rows && !/^[1-9]\d{0,8}$/.test(rows)) {
    program.error(`error: OFS_SAMPLE_ROWS must be a whole number from 1, not ${rows}`);
  }
  const consumerPort = flags.consumerPort ?? portAfter(flags.port);
  const ownPort = flags.port === DEFAULT_PORT ? DEFAULT_HORIZON_PORT : portAfter(consumerPort);
  const horizonPort = flags.horizonPort ?? ownPort;
  const populatorPort =
    flags.populatorPort ?? (flags.port === DEFAULT_PORT ? DEFAULT_POPULATOR_PORT : 0);
  const rowPort = flags.rowPort ?? (flags.port === DEFAULT_PORT ? undefined : 0);
  const sampleRows = rows ? Number(rows) : undefined;
  return { ...flags, rowPort, consumerPort, horizonPort, populatorPort, sampleRows };
}

/** So that several fleets do not meet where each was given a port. */
function portAfter(port: number): number {
  return port === 0 || port === MAX_PORT ? 0 : port + 1;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be a port from 0 to ${MAX_PORT}.`);
}
