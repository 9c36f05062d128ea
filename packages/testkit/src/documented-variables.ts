import { readFile } from "node:fs/promises";

const REDIS_KINDS = ["STANDALONE", "CLUSTER", "FAILOVER"];

/**
 * Variables that a README names in the first column of the tables below its heading "Environment", sorted; `<KIND>` is
 * put in.
 */
export async function documentedVariables(readme: string): Promise<string[]> {
  const text = await readFile(readme, "utf8");
  const section = text.split("\n## ").find((part) => part.startsWith("Environment\n")) ?? "";
  const names = section.split("\n").flatMap((line) => {
    if (!line.startsWith("| `")) return [];
    return line.split(" | ")[0]?.match(/`[A-Z][^`]*`/g) ?? [];
  });
  return names
    .map((name) => name.slice(1, -1))
    .flatMap(expandKinds)
    .sort();
}

function expandKinds(name: string): string[] {
  return name.includes("<KIND>") ? REDIS_KINDS.map((kind) => name.replace("<KIND>", kind)) : [name];
}
