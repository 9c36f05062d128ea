import { parseArgs } from "node:util";
import type { Side } from "./explanations.ts";
import type { TargetOptions } from "./target.ts";

export const USAGE = `usage: npm run differential -- --left HOST:PORT --right HOST:PORT [OPTION ...]
  Asks two servers the same random requests and compares their answers. Exit code 1 if a difference is not
  explained, 2 if the run itself failed.

  --tree FILE            registry file (as \`ofs load\` takes it) that says what to ask for;
                         without it the left server is asked (SchemaService)
  --requests N           default 1000
  --seed N               default 1: equal seeds ask the same
  --write                write random rows to both first, and in between
  --reference left|right that side is a reference server: known differences from it are explained
  --caller ID            default quickstart; --left-caller, --right-caller for one side
  --token TOKEN          default quickstart; --left-token, --right-token
  --tls-ca FILE          TLS for both, against this authority (PEM); --left-tls-ca, --right-tls-ca
  --deadline-ms N        of one call, default 10000
`;

export interface Options {
  readonly left: TargetOptions;
  readonly right: TargetOptions;
  readonly treeFile: string | undefined;
  readonly requestCount: number;
  readonly seed: number;
  readonly writes: boolean;
  readonly reference: Side | undefined;
}

/** The command line does not say what it must. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

const TEXT = { type: "string" } as const;

/** @throws {OptionsError} naming the option and its value */
export function parseOptions(args: readonly string[]): Options {
  const values = parseValues(args);
  const targetOf = (side: Side): TargetOptions => ({
    address: requireAddress(side, values[side]),
    callerId: values[`${side}-caller`] ?? values.caller ?? "quickstart",
    token: values[`${side}-token`] ?? values.token ?? "quickstart",
    tlsCaFile: values[`${side}-tls-ca`] ?? values["tls-ca"],
    deadlineMs: parseCount("deadline-ms", values["deadline-ms"], 10_000),
  });
  const { reference } = values;
  if (reference !== undefined && reference !== "left" && reference !== "right") {
    throw new OptionsError(`--reference ${reference}: is neither left nor right`);
  }
  return {
    left: targetOf("left"),
    right: targetOf("right"),
    treeFile: values.tree,
    requestCount: parseCount("requests", values.requests, 1_000),
    seed: parseCount("seed", values.seed, 1),
    writes: values.write ?? false,
    reference,
  };
}

function parseValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        left: TEXT,
        right: TEXT,
        tree: TEXT,
        requests: TEXT,
        seed: TEXT,
        write: { type: "boolean" },
        reference: TEXT,
        caller: TEXT,
        "left-caller": TEXT,
        "right-caller": TEXT,
        token: TEXT,
        "left-token": TEXT,
        "right-token": TEXT,
        "tls-ca": TEXT,
        "left-tls-ca": TEXT,
        "right-tls-ca": TEXT,
        "deadline-ms": TEXT,
      },
    }).values;
  } catch (cause) {
    throw new OptionsError((cause as Error).message, { cause });
  }
}

function requireAddress(side: Side, address: string | undefined): string {
  if (address !== undefined && /^.+:\d{1,5}$/.test(address)) return address;
  throw new OptionsError(`--${side} ${address ?? "is missing"}: want HOST:PORT`);
}

function parseCount(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new OptionsError(`--${name} ${text}: is not a whole number`);
}
