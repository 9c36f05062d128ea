import { STOP_GRACE_MS } from "../process-handle.ts";
import { waitUntil } from "../wait-until.ts";
import { isSameProcess, type RecordedProcess } from "./infra-state.ts";

const KILL_TIMEOUT_MS = 5000;

/**
 * Ends a process of an earlier run: SIGTERM, then SIGKILL. No effect if it is gone.
 *
 * @param graceMs between the two
 */
export async function stopRecordedProcess(
  recorded: RecordedProcess,
  graceMs = STOP_GRACE_MS,
): Promise<void> {
  const isGone = async (): Promise<boolean> => !(await isSameProcess(recorded));
  const what = `the end of process ${recorded.pid}`;
  if (await isGone()) return;
  process.kill(recorded.pid, "SIGTERM");
  process.kill(recorded.pid, "SIGCONT");
  try {
    await waitUntil(isGone, { what, timeoutMs: graceMs });
  } catch {
    process.kill(recorded.pid, "SIGKILL"); // it had its grace period
    await waitUntil(isGone, { what, timeoutMs: KILL_TIMEOUT_MS });
  }
}
