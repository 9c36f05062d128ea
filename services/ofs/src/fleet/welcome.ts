import { firstAdminText } from "@ofs/horizon";
import type { Fleet } from "./fleet.ts";
import { cliFor, sampleCommands } from "./ready-commands.ts";

/** What the program knows beside the fleet itself. */
export interface WelcomeContext {
  readonly cli: string;
  readonly isDefaultAddress: boolean;
  /** Whether others than this machine can reach it. */
  readonly isExposed: boolean;
  readonly startMs: number;
}

/** The lines that a fleet prints once it serves: what it is, and commands to paste. */
export function formatWelcome(fleet: Fleet, context: WelcomeContext): string {
  const {
    address,
    rowAddress,
    consumerAddress,
    horizonAddress,
    populatorAddress,
    firstAdmin,
    dataFolder,
    entityCount,
  } = fleet;
  const seconds = (context.startMs / 1000).toFixed(1);
  const lines = [
    `ofs is serving gRPC and HTTP on ${address} (started in ${seconds} s)`,
    ...(rowAddress === undefined ? [] : [`the row dialect answers there and on ${rowAddress}`]),
    `the consumer answers on ${consumerAddress}`,
    `the control plane answers on http://${horizonAddress} (API: /docs)`,
    `the populator answers on ${populatorAddress}`,
    ...(firstAdmin === undefined ? [] : [firstAdminText(firstAdmin).trimEnd()]),
    `data folder ${dataFolder}, ${entityCount} entities`,
  ];
  if (fleet.hasSample) lines.push("caller quickstart, token quickstart");
  if (fleet.hasSample && context.isExposed) {
    lines.push("warning: others can reach this server, and the sample's token is no secret");
  }
  lines.push("");
  const { cli, isDefaultAddress } = context;
  const commands = { cli, address, consumerAddress, isDefaultAddress };
  if (fleet.hasSample) {
    for (const { title, command } of sampleCommands(commands)) {
      lines.push(`# ${title}`, command, "");
    }
  } else if (entityCount === 0) {
    lines.push("# the registry is empty: publish entities and callers with", loadHint(context), "");
  } else {
    const describe = `${cliFor(commands)} --caller-id CALLER --token TOKEN describe`;
    lines.push("# what there is", describe, "");
  }
  lines.push("Ctrl-C stops it; the data stays.");
  return lines.map((line) => `${line}\n`).join("");
}

function loadHint({ cli }: WelcomeContext): string {
  return `${cli} load FILE.yaml`;
}
