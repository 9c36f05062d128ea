import type { RegistryChange, RegistryTree } from "@ofs/registry";

/** One path of the registry, before and after a change; undefined = not there. */
export interface KeyChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Stands for a secret. */
export const MASK = "***";

const SECRET_MEMBERS: ReadonlySet<string> = new Set(["token", "sha256"]);

/** What writes change, path by path, in their order. Tokens are masked; what stays the same is left out. */
export function diffTree(
  before: RegistryTree,
  writes: readonly RegistryChange[],
): readonly KeyChange[] {
  return writes.flatMap(({ path, value }) => {
    const present = before.entries.get(path);
    if (isSame(present, value)) return [];
    return [{ path, before: show(path, present), after: show(path, value) }];
  });
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}

function show(path: string, value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = Buffer.from(value).toString("utf8");
  return path.startsWith("security/") ? maskSecrets(text) : text;
}

/** Keeps the form of credentials and what is no secret in them; what is no JSON object is masked whole. */
function maskSecrets(text: string): string {
  const parsed = parseObject(text);
  if (parsed === undefined) return MASK;
  return JSON.stringify(parsed, (name, value: unknown) =>
    SECRET_MEMBERS.has(name.toLowerCase().replaceAll("-", "")) ? MASK : value,
  );
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as object) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
