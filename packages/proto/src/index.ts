export { grpc, ofs, p2p, persist, retrieve } from "../gen/messages.js";
export { ProtoError } from "./errors.ts";
export { FILE_DESCRIPTOR_PROTOS } from "./file-descriptors.ts";
export { decodePersistQuery, type PersistQuery, type PersistRow } from "./persist-query.ts";
export { PERSIST_OK, PERSIST_OK_MESSAGE } from "./persist-result.ts";
export {
  encodePersistHead,
  encodePersistQuery,
  encodePersistRow,
  encodeRetrieveHead,
  encodeRetrieveQuery,
  persistRowSize,
} from "./query-encoding.ts";
export {
  type KeyRanges,
  type RetrieveGroup,
  RetrieveQueryView,
  type RetrieveShape,
  readRetrieveQuery,
} from "./retrieve-query.ts";
export {
  type DecodedRow,
  encodeDecodedResult,
  encodeDecodedResultHead,
  encodeKeys,
  encodeResultHead,
  type ResultFeature,
  type ResultSchema,
  ROW_COLUMN_TAG,
  ROW_KEY_TAG,
  ROW_TAG,
} from "./retrieve-result.ts";
export { type RetrieveResultView, readRetrieveResult } from "./retrieve-result-view.ts";
export {
  fieldSize,
  stringSize,
  varintSize,
  writeFieldHead,
  writeString,
  writeStringField,
  writeVarint,
} from "./writer.ts";
