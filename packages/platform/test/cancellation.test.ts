import { expect, test } from "vitest";
import { Cancellation, type CancelSignal } from "../src/index.ts";

function listening(signal: CancelSignal, heard: string[], name: string): () => void {
  const listener = (): void => {
    heard.push(`${name} ${signal.aborted} ${String(signal.reason)}`);
  };
  signal.addEventListener("abort", listener, { once: true });
  return listener;
}

test("listeners hear of the end once, in order, with its reason", () => {
  const call = new Cancellation();
  const heard: string[] = [];
  for (const name of ["first", "second"]) listening(call, heard, name);
  expect(call.aborted).toBe(false);
  call.abort("gone");
  call.abort("again");
  expect(heard).toEqual(["first true gone", "second true gone"]);
  expect(call.reason).toBe("gone");
});

test("a listener that was taken away, or came too late, hears nothing", () => {
  const call = new Cancellation();
  const heard: string[] = [];
  call.removeEventListener("abort", listening(call, heard, "removed"));
  call.abort(undefined);
  listening(call, heard, "late");
  expect(heard).toEqual([]);
  expect(call.aborted).toBe(true);
});

test("a listener may take others away", () => {
  const call = new Cancellation();
  const heard: string[] = [];
  call.addEventListener("abort", () => call.removeEventListener("abort", second));
  const second = listening(call, heard, "second");
  call.abort("gone");
  // As an AbortSignal does it.
  const standard: string[] = [];
  const controller = new AbortController();
  controller.signal.addEventListener("abort", () =>
    controller.signal.removeEventListener("abort", other),
  );
  const other = listening(controller.signal, standard, "second");
  controller.abort("gone");
  expect(heard).toEqual(standard);
});
