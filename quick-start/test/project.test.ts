import { expect, test } from "vitest";
import { interpolate } from "../src/env-file.ts";
import { chooseServices, loadProject } from "../src/project.ts";

const SECRETS = Object.fromEntries(
  [
    "ADMIN_PASSWORD",
    "GRAFANA_PASSWORD",
    "JWT_SECRET",
    "MYSQL_PASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "OPERATOR_TOKEN",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
  ].map((name) => [name, name.toLowerCase()]),
);

test("variables are put in as docker compose does", () => {
  const variables = { A: "1", EMPTY: "" };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how compose names a variable.
  expect(interpolate("x${A}y${B:-2}${EMPTY:-3}$$", variables)).toBe("x1y23$");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how compose names a variable.
  expect(() => interpolate("${B}", variables)).toThrow("variable B is not set");
});

test("without addresses of this machine, services find each other by their names", async () => {
  const project = await loadProject(SECRETS);
  expect(project.get("api-server")?.environment).toMatchObject({
    ETCD_SERVER: "etcd:2379",
    APP_PORT: "8089",
  });
});

test("with them, the same variables say something else and there are no others", async () => {
  const contained = await loadProject(SECRETS);
  const native = await loadProject({ ...SECRETS, AT_ETCD: "127.0.0.1:1", AT_API_SERVER_PORT: "2" });
  const names = (project: typeof native) =>
    Object.keys(project.get("api-server")?.environment ?? {});
  expect(names(native)).toEqual(names(contained));
  expect(native.get("api-server")?.environment).toMatchObject({
    ETCD_SERVER: "127.0.0.1:1",
    APP_PORT: "2",
  });
});

test("a service brings what it needs, and the sample comes with the two that it goes through", async () => {
  const project = await loadProject(SECRETS);
  const names = (...wanted: string[]) => chooseServices(project, wanted).map(({ name }) => name);
  const servers = ["scylla", "mysql", "redis", "etcd", "kafka", "s3", "init"];
  expect(names("consumer")).toEqual([...servers, "consumer"]);
  expect(names("api-server", "horizon")).toEqual([...servers, "api-server", "horizon", "sample"]);
  expect(() => names("consumers")).toThrow("no service is called consumers; there are scylla, ");
  expect(() => names("tour")).toThrow("no service is called tour");
});
