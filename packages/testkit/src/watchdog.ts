import { spawn } from "node:child_process";

/**
 * Kills a process group when this process ends, however it ends (SIGKILL too), and then removes
 * a folder. A shell holds the reading end of a pipe that only this process writes to: the pipe
 * closes when this process is gone. Worker threads count as processes here: their pipes close
 * with them.
 *
 * @param pid leader of the group to kill
 * @param folder removed afterwards, unless empty
 * @returns a function that ends the watch without killing
 */
export function killWithThisProcess(pid: number, folder = ""): () => void {
  const script = 'cat > /dev/null; kill -s KILL -- "-$1"; [ -z "$2" ] || rm -rf -- "$2"';
  const shell = spawn("sh", ["-c", script, "watchdog", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  shell.unref();
  const pipe = shell.stdin as typeof shell.stdin & { unref?: () => void };
  pipe.unref?.();
  return () => {
    shell.kill("SIGKILL");
  };
}
