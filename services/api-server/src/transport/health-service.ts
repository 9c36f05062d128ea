import {
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Health } from "@ofs/platform";
import { grpc } from "@ofs/proto";
import type { OpenStreams } from "./open-streams.ts";

const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;
type Request = grpc.health.v1.HealthCheckRequest;
type Status = grpc.health.v1.HealthCheckResponse.ServingStatus;
const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse.ServingStatus;

/** `grpc.health.v1.Health` for grpc-js. */
export const HEALTH_SERVICE: ServiceDefinition = {
  Check: method("Check", false),
  Watch: method("Watch", true),
};

/**
 * The standard health service: every service of this server, and the server as a whole (empty name), serve
 * exactly while the process is ready. It needs no credentials.
 *
 * @param services full names of the services that exist
 */
export function createHealthService(
  health: Health,
  services: readonly string[],
  streams: OpenStreams,
): UntypedServiceImplementation {
  const known = new Set(["", ...services]);
  const statusNow = (): Status => (health.isReady ? SERVING : NOT_SERVING);
  return {
    Check(call: ServerUnaryCall<Request, Status>, send: sendUnaryData<Status>) {
      const { service } = call.request;
      if (known.has(service)) send(null, statusNow());
      else send({ code: status.NOT_FOUND, details: `unknown service '${service.slice(0, 100)}'` });
    },
    Watch(stream: ServerWritableStream<Request, Status>) {
      if (!known.has(stream.request.service)) {
        // The protocol wants the stream kept open: the service may come. Ours cannot, so nothing follows.
        if (streams.open(stream)) stream.write(SERVICE_UNKNOWN);
        return;
      }
      let sent = statusNow();
      const stop = health.onChange((isReady) => {
        const next = isReady ? SERVING : NOT_SERVING;
        if (next !== sent) stream.write(next);
        sent = next;
      });
      if (streams.open(stream, stop)) stream.write(sent);
      else stop();
    },
  };
}

function method(name: string, isStreamed: boolean): ServiceDefinition[string] {
  return {
    path: `/grpc.health.v1.Health/${name}`,
    requestStream: false,
    responseStream: isStreamed,
    requestSerialize: (request: Request) => finished(HealthCheckRequest.encode(request)),
    requestDeserialize: (bytes: Buffer) => HealthCheckRequest.decode(bytes),
    responseSerialize: (answer: Status) => finished(HealthCheckResponse.encode({ status: answer })),
    responseDeserialize: (bytes: Buffer) => HealthCheckResponse.decode(bytes).status,
  };
}

function finished(writer: { finish(): Uint8Array }): Buffer {
  return Buffer.from(writer.finish());
}
