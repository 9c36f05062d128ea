/** What runs later. A port, so that tests decide the time. */
export interface Timers {
  /** Runs it once, after the time. @returns a function that calls it off */
  after(ms: number, run: () => void): () => void;
  /** Runs it as soon as other work of the process has had its turn. */
  soon(run: () => void): void;
}

/** The process's own timers. They keep no process alive: the source's connections do. */
export const SYSTEM_TIMERS: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon(run) {
    setImmediate(run);
  },
};
