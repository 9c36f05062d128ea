import { DefinitionFault, type JsonValue, Members, RowError } from "@ofs/rows";
import type { FastifyRequest } from "fastify";

/** Cause of every rule on a request's members. */
const VIOLATION = "Constraint Violation";

/** A request as the row dialect's endpoints see it. */
export class RowCall {
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    this.#request = request;
  }

  /** undefined = none was sent. */
  get body(): JsonValue | undefined {
    return this.#request.body as JsonValue | undefined;
  }

  /** @throws {RowError} INVALID_REQUEST if there is none */
  requiredBody(): JsonValue {
    const { body } = this;
    if (body === undefined) throw invalid("body", "must not be null");
    return body;
  }

  /** Reads members of the body. @throws {RowError} INVALID_REQUEST naming the member */
  read<T>(read: (members: Members) => T): T {
    try {
      return read(new Members(this.requiredBody()));
    } catch (error) {
      if (!(error instanceof DefinitionFault)) throw error;
      throw RowError.of("INVALID_REQUEST", { message: error.message, cause: VIOLATION });
    }
  }

  /** Of the path. */
  param(name: string): string {
    return (this.#request.params as Readonly<Record<string, string>>)[name] ?? "";
  }

  /** Of the query; empty counts as absent. */
  query(name: string): string | undefined {
    const value = (this.#request.query as Readonly<Record<string, unknown>>)[name];
    const text = Array.isArray(value) ? value[0] : value;
    return typeof text === "string" && text !== "" ? text : undefined;
  }

  /** @throws {RowError} INVALID_REQUEST if it is missing */
  requiredQuery(name: string): string {
    const value = this.query(name);
    if (value === undefined) throw invalid(name, "must not be null");
    return value;
  }

  /** A whole number of the query. @throws {RowError} INVALID_REQUEST */
  integerQuery(name: string, range: { min: number; max: number; absent?: number }): number {
    const text = this.query(name) ?? (range.absent === undefined ? undefined : `${range.absent}`);
    if (text === undefined) throw invalid(name, "must not be null");
    const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= range.min && number <= range.max) return number;
    throw invalid(name, `must be a whole number from ${range.min} to ${range.max}, not ${text}`);
  }

  /** A header that says yes or no. @throws {RowError} INVALID_REQUEST */
  flagHeader(name: string, absent: boolean): boolean {
    const value = this.#request.headers[name];
    return value === undefined || value === "" ? absent : toFlag(name, String(value));
  }

  /** The same of the query: browsers send no header `upgrade`. @throws {RowError} INVALID_REQUEST */
  flagQuery(name: string, absent: boolean): boolean {
    const value = this.query(name);
    return value === undefined ? absent : toFlag(name, value);
  }
}

function toFlag(name: string, value: string): boolean {
  const text = value.toLowerCase();
  if (text === "true" || text === "false") return text === "true";
  throw invalid(name, `must be true or false, not ${text.slice(0, 100)}`);
}

/** @throws {RowError} INVALID_REQUEST naming what it is about */
export function invalid(name: string, rule: string): RowError {
  const message = `${name}: ${name} ${rule}`;
  return RowError.of("INVALID_REQUEST", { message, cause: VIOLATION });
}
