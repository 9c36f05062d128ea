import { EtcdRegistrySource, type EtcdSourceOptions } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { compileEtcdOptions } from "../../src/etcd/etcd-options.ts";

const BASE: EtcdSourceOptions = { endpoints: "a:1", root: "/config/onfs" };

function endpointsOf(endpoints: string, options: Partial<EtcdSourceOptions> = {}): string[] {
  return compileEtcdOptions({ ...BASE, endpoints, ...options }).endpoints.map(
    ({ host, port, isSecure }) => `${isSecure ? "https" : "http"}://${host}:${port}`,
  );
}

describe("etcd options", () => {
  it.each([
    ["10.0.0.1:2379", ["http://10.0.0.1:2379"]],
    ["etcd", ["http://etcd:2379"]],
    ["http://a:1, http://b:2/ ,", ["http://a:1", "http://b:2"]],
    ["a:1,http://b", ["http://a:1", "http://b:2379"]],
    ["https://a,https://b:2", ["https://a:2379", "https://b:2"]],
    ["[::1]:2379", ["http://[::1]:2379"]],
  ])("endpoints %j", (endpoints, expected) => {
    expect(endpointsOf(endpoints)).toEqual(expected);
  });

  it("certificates make endpoints without a scheme secure", () => {
    expect(endpointsOf("a:1", { tls: { ca: Buffer.from("pem") } })).toEqual(["https://a:1"]);
  });

  it.each<[Partial<EtcdSourceOptions>, RegExp]>([
    [{ endpoints: "" }, /endpoints "" names no endpoint/],
    [{ endpoints: "a:b" }, /endpoints "a:b" is not host:port/],
    [{ endpoints: "a:70000" }, /"a:70000"/],
    [{ endpoints: "ftp://a" }, /"ftp:\/\/a"/],
    [{ endpoints: "http://a,https://b" }, /mixes http and https/],
    [{ root: "/config/onfs/" }, /root "\/config\/onfs\/"/],
    [{ root: "config" }, /root "config"/],
    [{ root: "" }, /root ""/],
    [{ username: "u" }, /username "u" needs a password/],
    [{ password: "hunter2" }, /username "" needs a password/],
    [{ tls: { ca: Buffer.of(), cert: Buffer.of() } }, /cert needs key/],
  ])("refuses %j", (options, message) => {
    const create = () => new EtcdRegistrySource({ ...BASE, ...options });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    expect(create).not.toThrow(/hunter2/);
  });

  it("reach nothing before the first use", async () => {
    const source = new EtcdRegistrySource(BASE);
    expect(source.name).toBe("etcd:/config/onfs");
    await source.close();
    await expect(source.load(new AbortController().signal)).rejects.toThrow(/closed/);
  });
});
