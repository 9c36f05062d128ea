import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";

/** In the data folder. */
export const JWT_SECRET_FILE = "jwt-secret";

const SECRET_BYTES = 48;

/**
 * Reads the secret that sessions are signed with from the data folder; makes one where there is none. Nobody else of the
 * machine may read it.
 *
 * @throws {FeatureStoreError} FAILED_PRECONDITION for a file that cannot be read or is damaged
 */
export function loadJwtSecret(dataFolder: string): string {
  const file = join(dataFolder, JWT_SECRET_FILE);
  const found = readIfThere(file);
  if (found === undefined) create(dataFolder, file);
  const secret = (found ?? readFileSync(file, "utf8")).trim();
  if (Buffer.from(secret, "base64url").length < SECRET_BYTES) {
    throw new FeatureStoreError("FAILED_PRECONDITION", `${file} is damaged: it holds no secret`);
  }
  chmodSync(file, 0o600);
  return secret;
}

/** Complete or not at all, and whoever is first wins. */
function create(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  const next = `${file}.${process.pid}`;
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  writeFileSync(next, `${secret}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(next, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(next, { force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    const message = `the secret for sessions cannot be read: ${(cause as Error).message}`;
    throw new FeatureStoreError("FAILED_PRECONDITION", message, { cause });
  }
}
