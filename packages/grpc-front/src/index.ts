export { createFront } from "./front.ts";
export {
  type Admission,
  DEFAULT_FRONT_LIMITS,
  type Front,
  type FrontFault,
  type FrontLimits,
  type FrontOptions,
  type FrontStats,
} from "./front-options.ts";
export type {
  PlainAnswer,
  PlainHandler,
  PlainHead,
  PlainReply,
  PlainRequest,
} from "./plain-call.ts";
export type { StreamCall, StreamHandler, StreamListener, StreamRoutes } from "./stream-call.ts";
