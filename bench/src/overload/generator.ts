import process from "node:process";
import type { LoadPlan } from "./load-plan.ts";
import { OpenLoop } from "./open-loop.ts";

/*
 * The load as a process of its own: it gets one plan, reports what happened, and ends.
 */

process.once("message", (plan: LoadPlan) => {
  new OpenLoop(plan).run().then(
    (report) => process.send?.(report, () => process.disconnect()),
    (error: unknown) => {
      throw error;
    },
  );
});
