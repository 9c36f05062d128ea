import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { SamplerName } from "../settings.ts";

/** Which traces are kept. */
export interface Sampling {
  /** Of those begun here: drawn before anything is made for a trace, so that one that is not kept costs next to nothing. */
  readonly rootShare: number;
  /** Of the others, and it takes those that were drawn. */
  readonly sampler: Sampler;
}

/** @param ratio share of traces, where the name asks for one */
export function samplingOf(name: SamplerName, ratio: number): Sampling {
  const all = new AlwaysOnSampler();
  switch (name) {
    case "always_on":
      return { rootShare: 1, sampler: all };
    case "always_off":
      return { rootShare: 0, sampler: new AlwaysOffSampler() };
    case "traceidratio": {
      const share = new TraceIdRatioBasedSampler(ratio);
      const remote = { remoteParentSampled: share, remoteParentNotSampled: share };
      return { rootShare: ratio, sampler: new ParentBasedSampler({ root: all, ...remote }) };
    }
    case "parentbased_always_on":
      return { rootShare: 1, sampler: new ParentBasedSampler({ root: all }) };
    case "parentbased_always_off":
      return { rootShare: 0, sampler: new ParentBasedSampler({ root: all }) };
    case "parentbased_traceidratio":
      return { rootShare: ratio, sampler: new ParentBasedSampler({ root: all }) };
  }
}
