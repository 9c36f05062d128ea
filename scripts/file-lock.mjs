/** Keeps two set-ups of one checkout apart: `npm start` and `npm test` right after the clone. */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const RETRY_MS = 200;
const LOCK_TIMEOUT_MS = 15 * 60_000;

/**
 * Runs `work` while no other process does so for the same `name`. The lock file holds its owner's
 * pid, so the lock of a process that was killed is taken over.
 */
export async function withFileLock(name, work) {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `ofs-setup-${digest}.lock`);
  await acquire(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path) {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  let hasTold = false;
  while (!create(path)) {
    const owner = readOwner(path);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(path, { force: true });
    } else if (Date.now() > deadline) {
      throw new Error(`process ${owner} holds ${path}; remove that file if it is not a set-up`);
    } else {
      if (!hasTold) process.stderr.write(`[setup] waiting for the set-up of process ${owner}\n`);
      hasTold = true;
      await delay(RETRY_MS);
    }
  }
}

function create(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** `undefined` while the file is being written or is gone. */
function readOwner(path) {
  try {
    const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
    return pid > 0 ? pid : undefined;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
