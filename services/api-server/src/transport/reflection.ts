import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { FILE_DESCRIPTOR_PROTOS } from "@ofs/proto";
import type { OpenStreams, ServerStream } from "./open-streams.ts";
import type { RpcServer } from "./rpc-server.ts";

/**
 * Adds server reflection, v1 and v1alpha. It shows the published schema and needs no credentials.
 *
 * @param services full names of the services to list: those that the server has
 */
export function addReflection(
  server: RpcServer,
  services: readonly string[],
  streams: OpenStreams,
): void {
  const reflection = new ReflectionService(
    { schema: schemaFiles() },
    { services: [...services, "grpc.health.v1.Health"] },
  );
  reflection.addToServer({
    addService(definition, implementation) {
      server.addService(definition, trackStreams(implementation, streams));
    },
  });
}

type Packages = ConstructorParameters<typeof ReflectionService>[0];

/** A package definition with nothing but the files, which is all that reflection reads of it. */
function schemaFiles(): Packages[string] {
  return {
    format: "Protocol Buffer 3 DescriptorProto",
    type: {},
    fileDescriptorProtos: [...FILE_DESCRIPTOR_PROTOS],
  } as Packages[string];
}

function trackStreams(
  implementation: UntypedServiceImplementation,
  streams: OpenStreams,
): UntypedServiceImplementation {
  const tracked: UntypedServiceImplementation = {};
  for (const [name, handler] of Object.entries(implementation)) {
    const handle = handler as (stream: ServerStream) => void;
    tracked[name] = (stream: ServerStream) => {
      if (streams.open(stream)) handle(stream);
    };
  }
  return tracked;
}
