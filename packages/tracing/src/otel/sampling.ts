import { ROOT_CONTEXT } from "@opentelemetry/api";
import { SamplingDecision, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";
import type { SamplerName } from "../settings.ts";
import { isSampled, isTraceparent, traceIdOf } from "./traceparent.ts";

/** Whether a trace is kept. Asked of every call, so it makes as little as it can. @param traceparent of the caller */
export type Sampling = (traceparent: string | undefined) => boolean;

/**
 * @param ratio share of traces, where the name asks for one
 * @param random from 0 to 1, for traces that are begun here
 */
export function samplingOf(
  name: SamplerName,
  ratio: number,
  random: () => number = Math.random,
): Sampling {
  switch (name) {
    case "always_on":
      return () => true;
    case "always_off":
      return () => false;
    case "traceidratio": {
      const isInShare = shareOf(ratio);
      return (traceparent) =>
        isTraceparent(traceparent) ? isInShare(traceparent) : random() < ratio;
    }
    case "parentbased_always_on":
      return (traceparent) => !isTraceparent(traceparent) || isSampled(traceparent);
    case "parentbased_always_off":
      return (traceparent) => isTraceparent(traceparent) && isSampled(traceparent);
    case "parentbased_traceidratio":
      return (traceparent) =>
        isTraceparent(traceparent) ? isSampled(traceparent) : random() < ratio;
  }
}

/** By the trace's id, so that all who ask for the same share keep the same traces. */
function shareOf(ratio: number): (traceparent: string) => boolean {
  const sampler = new TraceIdRatioBasedSampler(ratio);
  return (traceparent) => {
    const { decision } = sampler.shouldSample(ROOT_CONTEXT, traceIdOf(traceparent));
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  };
}
