import { FILE_DESCRIPTORS } from "../gen/file-descriptors.js";

/**
 * The published schema for server reflection: one serialised `google.protobuf.FileDescriptorProto` for
 * each proto package. No file outside this package is read.
 */
export const FILE_DESCRIPTOR_PROTOS: readonly Buffer[] = Object.values(FILE_DESCRIPTORS).map(
  (text) => Buffer.from(text, "base64"),
);
