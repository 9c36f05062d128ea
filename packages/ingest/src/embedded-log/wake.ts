/** Lets one loop wait for something to do. A call that comes while it does not wait is not lost. */
export class Wake {
  #isNotified = false;
  #resolve: (() => void) | undefined;

  notify(): void {
    this.#isNotified = true;
    this.#resolve?.();
  }

  /** @param timeoutMs after which it goes on anyway */
  async wait(timeoutMs?: number): Promise<void> {
    if (!this.#isNotified) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.#resolve = undefined;
    }
    this.#isNotified = false;
  }
}
