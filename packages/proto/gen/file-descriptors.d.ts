/** Serialised google.protobuf.FileDescriptorProto in base64, by file name. */
export const FILE_DESCRIPTORS: Readonly<Record<string, string>>;
