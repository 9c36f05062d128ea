import { installPythonPackages } from "@ofs/testkit";

/** The published packages, and the runtime that their generated code was checked with. */
const PACKAGES = [
  "bharatml-commons==1.0.1",
  "grpc-feature-client==1.0.1",
  "grpcio==1.85.1",
  "grpcio-tools==1.85.1",
];

/** @returns path of a Python with the published client. @throws {Error} if it cannot be installed */
export function pythonWithClient(): Promise<string> {
  return installPythonPackages("python-client-1.0.1", PACKAGES);
}
