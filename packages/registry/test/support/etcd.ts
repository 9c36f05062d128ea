import { randomBytes } from "node:crypto";
import {
  EtcdRegistrySource,
  type EtcdSourceOptions,
  openRegistry,
  type Registry,
  type RegistryOptions,
} from "@ofs/registry";
import { Etcd3, type IOptions } from "etcd3";
import { createTestLog } from "./log.ts";

/** A root of its own for one test: the server is shared. */
export function testRoot(): string {
  return `/config/ofs-registry-test-${randomBytes(6).toString("hex")}`;
}

/** Closes what a test opened, the last first. */
export class Cleanup {
  readonly #acts: (() => unknown)[] = [];

  add<T>(resource: T, close: (resource: T) => unknown): T {
    this.#acts.push(() => close(resource));
    return resource;
  }

  async run(): Promise<void> {
    for (const act of this.#acts.splice(0).reverse()) await act();
  }

  source(endpoints: string, root: string, options: Partial<EtcdSourceOptions> = {}) {
    const source = new EtcdRegistrySource({ endpoints, root, ...options });
    return this.add(source, (opened) => opened.close());
  }

  async registry(
    source: EtcdRegistrySource,
    options: Partial<RegistryOptions> = {},
  ): Promise<Registry> {
    const registry = await openRegistry({ source, log: createTestLog().log, ...options });
    return this.add(registry, (opened) => opened.close());
  }

  /** Another program at work on the same server. */
  client(endpoints: string, options: Partial<IOptions> = {}): Etcd3 {
    return this.add(new Etcd3({ hosts: endpoints, ...options }), (client) => client.close());
  }
}

export async function putAll(
  client: Etcd3,
  root: string,
  entries: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(entries))
    await client.put(`${root}/${path}`).value(text);
}
