import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const RETRY_MS = 200;
/** Longest wait for another process: a first download on a slow line takes minutes. */
const LOCK_TIMEOUT_MS = 20 * 60_000;

/**
 * Runs `work` while this process alone holds the lock file, across processes of one machine.
 * The file holds its owner's pid; a lock whose owner is gone is taken over. Two processes that
 * take over the same dead lock in the same millisecond may both get it, so `work` must put its
 * result in place by one rename: doubled work is then harmless.
 *
 * @throws {Error} when the owner is alive and does not let go within 20 minutes
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const token = `${process.pid} ${Math.random()}`;
  await acquire(path, token);
  try {
    return await work();
  } finally {
    if ((await readOwner(path)) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string): Promise<void> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  while (!(await create(path, token))) {
    const owner = await readOwner(path);
    if (owner !== undefined && !isAlive(Number.parseInt(owner, 10))) {
      await removeDeadLock(path, token);
    } else if (Date.now() > deadline) {
      throw new Error(`lock ${path} is held by process ${owner}; remove the file if that is wrong`);
    } else {
      await delay(RETRY_MS);
    }
  }
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function removeDeadLock(path: string, token: string): Promise<void> {
  const aside = `${path}.dead.${token.replace(" ", ".")}`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

async function readOwner(path: string): Promise<string | undefined> {
  try {
    const owner = await readFile(path, "utf8");
    return owner === "" ? undefined : owner;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** True when there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** True while a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/** True for a system error with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
