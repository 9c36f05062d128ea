import { describeEntityModels, loadEntityModels } from "./entity-model.ts";
import { Explainer } from "./explanations.ts";
import { type Options, OptionsError, parseOptions, USAGE } from "./options.ts";
import { REFERENCE_DIFFERENCES } from "./reference/reference-differences.ts";
import { runDifferential } from "./run.ts";
import { renderTally } from "./tally.ts";
import { Target } from "./target.ts";

/** Where a run writes to. */
export interface Output {
  write(text: string): unknown;
}

export const EXIT = { OK: 0, UNEXPLAINED: 1, FAILED: 2 } as const;

/** One run of the command. @returns its exit code */
export async function runCommand(
  args: readonly string[],
  output: Output,
  errors: Output,
): Promise<number> {
  if (args.includes("--help")) {
    output.write(USAGE);
    return EXIT.OK;
  }
  try {
    return await compareServers(parseOptions(args), output);
  } catch (error) {
    errors.write(`differential: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof OptionsError) errors.write(USAGE);
    return EXIT.FAILED;
  }
}

async function compareServers(options: Options, output: Output): Promise<number> {
  const { requestCount, seed, writes, reference } = options;
  const left = new Target(options.left);
  const right = new Target(options.right);
  try {
    const { treeFile } = options;
    const entities =
      treeFile === undefined ? await describeEntityModels(left) : await loadEntityModels(treeFile);
    const list = reference === undefined ? [] : REFERENCE_DIFFERENCES;
    const explainer = new Explainer(list, reference ?? "left");
    const run = { left, right, entities, explainer, requestCount, seed, writes };
    const tally = await runDifferential(run);
    output.write(`${left.address} | ${right.address}, seed ${seed}\n${renderTally(tally)}`);
    return tally.unexplainedCount === 0 ? EXIT.OK : EXIT.UNEXPLAINED;
  } finally {
    left.close();
    right.close();
  }
}
