/*
 * Loaded into the server's process before its program: tells, on SIGUSR2, how much memory it holds once
 * everything that can be collected has been.
 */
import { writeSync } from "node:fs";

let probeCount = 0;

process.on("SIGUSR2", () => {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  // A turn later, what finalizers and closed handles let go is collectable, too.
  setTimeout(() => {
    globalThis.gc?.();
    probeCount += 1;
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    const memory = { heapUsed, external, arrayBuffers, rss };
    writeSync(1, `memory-probe ${probeCount} ${JSON.stringify(memory)}\n`);
  }, 50);
});
