import { access, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { documentedVariables } from "@ofs/testkit";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { interpolate, readEnvFile } from "../src/env-file.ts";
import { QUICK_START, ROOT, readCompose } from "../src/project.ts";

const SERVICES = ["api-server", "consumer", "horizon", "populator"];
/** Documented where they are spoken of, as what all clients of AWS read. */
const OF_AWS = new Set(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
const ENDS_BY_ITSELF = new Set(["init", "sample", "ofs", "tour"]);

const compose = await readCompose();
const env = await readEnvFile(join(QUICK_START, ".env"));
const entries = Object.entries(compose.services);

test.each(SERVICES)("%s knows every variable that it is given", async (name) => {
  const documented = await documentedVariables(join(ROOT, "services", name, "README.md"));
  const patterns = documented.map((each) => new RegExp(`^${each.replaceAll("<n>", "\\d+")}$`));
  const given = Object.keys(compose.services[name]?.environment ?? {});
  expect(given.length).toBeGreaterThan(5);
  const isKnown = (variable: string) => patterns.some((pattern) => pattern.test(variable));
  expect(given.filter((variable) => !(isKnown(variable) || OF_AWS.has(variable)))).toEqual([]);
});

test("each port of this machine is a variable of .env with the same default, and belongs to one service", () => {
  const variables = entries.flatMap(([name, { ports }]) =>
    ports.map((port) => {
      const [, variable, value] =
        /^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:\$\{(\w+_PORT):-(\d+)\}:\d+$/.exec(port) ?? [];
      expect([name, port, env[variable ?? ""]]).toEqual([name, port, value]);
      return variable as string;
    }),
  );
  expect(new Set(variables).size).toBe(variables.length);
  const ports = Object.keys(env).filter((name) => name.endsWith("_PORT"));
  expect(new Set([...variables, "CASSANDRA_STORAGE_PORT"])).toEqual(new Set(ports));
  expect(new Set(ports.map((name) => env[name])).size).toBe(ports.length);
});

test("start.sh looks at each of these ports", async () => {
  const script = await readFile(join(QUICK_START, "start.sh"), "utf8");
  const owners = [...script.matchAll(/\[(\w+_PORT)\]=(\S+)/g)].map(([, port, name]) => [
    port,
    name,
  ]);
  const wanted = entries.flatMap(([name, { ports }]) =>
    ports.map((port) => [port.match(/\w+_PORT/)?.[0], name]),
  );
  expect(owners.toSorted()).toEqual(wanted.toSorted());
});

test("images are named by a version of .env", () => {
  for (const [name, { image }] of entries) {
    const [, variable, value] = /:\$\{(\w+_VERSION):-([\w.-]+)\}$/.exec(image) ?? [];
    expect([name, image, env[variable ?? ""]]).toEqual([name, image, value]);
  }
});

test("versions that the README speaks of are those of .env", async () => {
  const readme = await readFile(join(QUICK_START, "README.md"), "utf8");
  const named = {
    ETCD: "etcd",
    PROMETHEUS: "Prometheus",
    KAFKA: "Kafka",
    GRAFANA: "Grafana",
    MYSQL: "MySQL",
    SCYLLA: "ScyllaDB",
    REDIS: "Redis",
  };
  for (const [name, title] of Object.entries(named)) {
    expect(readme).toContain(`${title} ${env[`${name}_VERSION`]?.replace(/^v/, "")}`);
  }
});

test("what is built and mounted is there", async () => {
  for (const [name, { build, volumes }] of entries) {
    if (build !== undefined) {
      const dockerfile = await readFile(join(QUICK_START, build.context, build.dockerfile), "utf8");
      if (build.target !== undefined) expect(dockerfile).toContain(` AS ${build.target}\n`);
    }
    for (const volume of volumes) {
      const [source = ""] = interpolate(volume, env).split(":");
      if (source.startsWith(".")) await access(resolve(QUICK_START, source));
      else expect(Object.keys(compose.volumes), name).toContain(source);
    }
  }
});

test("what goes on has a health check and starts again; all is bounded", () => {
  for (const [name, service] of entries) {
    expect(service.mem_limit, name).toMatch(/^\d+(m|g)$/);
    for (const [other, { condition }] of Object.entries(service.depends_on)) {
      const ends = ENDS_BY_ITSELF.has(other);
      expect([name, other, condition]).toEqual([
        name,
        other,
        ends ? "service_completed_successfully" : "service_healthy",
      ]);
      if (!ends) expect(compose.services[other]?.healthcheck, other).toBeDefined();
    }
    if (!ENDS_BY_ITSELF.has(name)) expect(service.restart, name).toBe("unless-stopped");
  }
});

test("Prometheus asks the services where they are, and loads the rules that there are", async () => {
  const config = parse(await readFile(join(QUICK_START, "prometheus.yml"), "utf8"));
  const targets = config.scrape_configs.flatMap(
    (job: { static_configs: { targets: string[] }[] }) => job.static_configs[0]?.targets,
  );
  const inside = SERVICES.map(
    (name) => `${name}:${compose.services[name]?.ports[0]?.match(/\d+$/)}`,
  );
  expect(targets.toSorted()).toEqual(inside.toSorted());
  for (const file of config.rule_files) {
    await access(resolve(QUICK_START, env["PROMETHEUS_RULES"] ?? "", file.replace("rules/", "")));
  }
});
