import { grpc } from "@ofs/proto";
import type { CallLimits } from "./call-limits.ts";
import { OfsClientError } from "./errors.ts";
import { decodeInspectResult, encodeInspectRequest, type GroupState } from "./inspection.ts";
import type { Send } from "./retriever.ts";
import { type DescribeResult, decodeDescribeResult, encodeDescribeRequest } from "./schema.ts";

const DESCRIBE_METHOD = "/ofs.v1.SchemaService/DescribeEntities";
const INSPECT_METHOD = "/ofs.v1.InspectService/InspectGroups";
const HEALTH_METHOD = "/grpc.health.v1.Health/Check";

const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;

/** Calls about the server, not about features. */
export class Admin {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  /** @throws {OfsClientError} NOT_FOUND; UNIMPLEMENTED where the server has no schema service */
  async describe(entityLabels: readonly string[], limits: CallLimits): Promise<DescribeResult> {
    const request = encodeDescribeRequest(entityLabels);
    const bytes = await this.#send(DESCRIBE_METHOD, request, limits);
    return decoded("schema", () => decodeDescribeResult(bytes));
  }

  /** @throws {OfsClientError} UNIMPLEMENTED where the server has no inspect service */
  async inspect(
    entity: string,
    groups: readonly string[],
    keysSchema: readonly string[],
    keys: readonly (readonly string[])[],
    limits: CallLimits,
  ): Promise<GroupState[][]> {
    const request = encodeInspectRequest(entity, groups, keysSchema, keys);
    const bytes = await this.#send(INSPECT_METHOD, request, limits);
    return decoded("inspection", () => decodeInspectResult(bytes, keys.length));
  }

  /** @throws {OfsClientError} UNAVAILABLE unless the server says that it serves */
  async ping(limits: CallLimits): Promise<void> {
    const request = HealthCheckRequest.encode({}).finish();
    const bytes = await this.#send(HEALTH_METHOD, request, limits);
    const { status } = decoded("health", () => HealthCheckResponse.decode(bytes));
    if (status === HealthCheckResponse.ServingStatus.SERVING) return;
    const name = HealthCheckResponse.ServingStatus[status] ?? status;
    throw new OfsClientError("UNAVAILABLE", `the server's health is ${name}`);
  }
}

function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new OfsClientError("INTERNAL", `the ${what} answer cannot be decoded: ${String(cause)}`, {
      cause,
    });
  }
}
