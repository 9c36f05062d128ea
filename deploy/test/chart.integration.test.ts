import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { documentedVariables, runCommand } from "@ofs/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { IMAGES, USER_ID } from "../src/dockerfiles.ts";
import { findHelm } from "./support/helm.ts";
import { manifestFaults } from "./support/kubernetes.ts";
import { type Manifest, Manifests } from "./support/manifests.ts";

const FOLDER = join(import.meta.dirname, "../helm/ofs");
const VALUES_FOLDER = join(import.meta.dirname, "chart-values");
const SERVICES_FOLDER = join(import.meta.dirname, "../../services");
/** The chart's `kubeVersion`, and the newest whose schemas there are. */
const RELEASES = ["1.27", "1.37"];
const INSTALL_TIMEOUT_MS = 300_000;
const VALUES = [
  "default",
  ...(await readdir(VALUES_FOLDER)).map((name) => name.split(".")[0] ?? ""),
];

let helm: string;
beforeAll(async () => {
  helm = await findHelm();
}, INSTALL_TIMEOUT_MS);

function flagsOf(values: string): string[] {
  return values === "default" ? [] : ["--values", join(VALUES_FOLDER, `${values}.yaml`)];
}

async function render(values: string, ...settings: readonly string[]): Promise<Manifests> {
  const sets = settings.flatMap((setting) => ["--set", setting]);
  const flags = [...flagsOf(values), ...sets, "--namespace", "features"];
  return new Manifests(await runCommand(helm, ["template", "live", FOLDER, ...flags]));
}

const componentOf = ({ metadata }: Manifest) =>
  metadata.labels?.["app.kubernetes.io/component"] ?? "";

describe.each(VALUES)("values %s", (values) => {
  test("lint finds nothing", async () => {
    const answer = await runCommand(helm, ["lint", "--strict", FOLDER, ...flagsOf(values)]);
    expect(answer).toContain("0 chart(s) failed");
  });

  test("Kubernetes knows every field", { timeout: INSTALL_TIMEOUT_MS }, async () => {
    const { text, all } = await render(values);
    expect(all.length).toBeGreaterThan(2);
    // No part of Kubernetes: its fields are looked at below.
    const known = text.split(/^---$/m).filter((part) => !part.includes("kind: ServiceMonitor"));
    expect(await manifestFaults(known.join("\n---\n"), RELEASES)).toEqual([]);
  });

  test("pods run as nobody in particular, and have the time to drain", async () => {
    const deployments = (await render(values)).ofKind("Deployment");
    expect(deployments.length).toBeGreaterThan(0);
    for (const { spec } of deployments) {
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: USER_ID,
        seccompProfile: { type: "RuntimeDefault" },
      });
      const [container] = pod.containers;
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(container.resources).toMatchObject({ requests: { memory: expect.any(String) } });
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(30);
    }
  });

  test("names lead to what there is", async () => {
    const manifests = await render(values);
    for (const { metadata, spec } of manifests.ofKind("Deployment")) {
      const { template, selector } = spec;
      const [container] = template.spec.containers;
      expect(template.metadata.labels).toMatchObject(selector.matchLabels);
      const configMaps = container.envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
      expect(configMaps).toEqual([metadata.name]);
      manifests.one("ConfigMap", metadata.name);
      const service = manifests.one("Service", metadata.name).spec;
      expect(template.metadata.labels).toMatchObject(service.selector);
      const ports = container.ports.map(({ name }) => name);
      expect(service.ports.map(({ targetPort }) => targetPort)).toEqual(ports);
      const { startupProbe, livenessProbe, readinessProbe } = container;
      for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
        expect(ports).toContain(httpGet.port);
      }
      const volumes = template.spec.volumes.map(({ name }) => name);
      expect(container.volumeMounts.map(({ name }) => name)).toEqual(volumes);
    }
    for (const { spec } of manifests.ofKind("HorizontalPodAutoscaler")) {
      // Otherwise each upgrade of the chart would undo what the autoscaler did.
      expect(manifests.one("Deployment", spec.scaleTargetRef.name).spec.replicas).toBe(undefined);
    }
  });

  test("images are those that are built, with their ports, volumes and health checks", async () => {
    for (const deployment of (await render(values)).ofKind("Deployment")) {
      const [container] = deployment.spec.template.spec.containers;
      const image = IMAGES.find(({ service }) => service === componentOf(deployment));
      expect(container.image).toMatch(new RegExp(`ofs-${image?.service}:\\d+\\.\\d+\\.\\d+$`));
      expect(container.ports.map((port) => port.containerPort)).toEqual(image?.ports);
      expect(container.livenessProbe.httpGet.path).toBe(image?.healthPath);
      const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
      if (image?.volume !== undefined) expect(mounts).toContain(image.volume);
    }
  });

  test("variables are those that the services know", async () => {
    const documented = new Map<string, RegExp[]>();
    for (const { service } of IMAGES.filter((image) => image.service !== "ofs")) {
      const names = await documentedVariables(join(SERVICES_FOLDER, service, "README.md"));
      documented.set(service, names.map(patternOf));
    }
    const anywhere = [...documented.values()].flat();
    const manifests = await render(values);
    for (const deployment of manifests.ofKind("Deployment")) {
      const [container] = deployment.spec.template.spec.containers;
      const { data = {} } = manifests.one("ConfigMap", deployment.metadata.name);
      const names = [...Object.keys(data), ...(container.env ?? []).map(({ name }) => name)];
      expect(names).toContain("APP_PORT");
      // What is set for all services need not concern each, unless nobody changed it.
      const own = documented.get(componentOf(deployment)) ?? [];
      const known = values === "default" ? own : anywhere;
      const unknown = names.filter((name) => !known.some((pattern) => pattern.test(name)));
      expect(unknown, deployment.metadata.name).toEqual([]);
    }
  });
});

/** `STORAGE_SCYLLA_<n>_PORT` stands for all numbers. */
function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll("<n>", "\\d+")}$`);
}

test("external stores: files, passwords, TLS", async () => {
  const manifests = await render("external");
  const { data } = manifests.one("ConfigMap", "live-ofs-api-server");
  expect(data).toMatchObject({
    IN_MEM_CACHE_3_SIZE_IN_BYTES: "100000000",
    ETCD_WATCHER_ENABLED: "true",
    TLS_CERT_FILE: "/tls/tls.crt",
    TLS_KEY_FILE: "/tls/tls.key",
  });
  const { spec } = manifests.one("Deployment", "live-ofs-horizon").spec.template;
  const [{ envFrom, readinessProbe, volumeMounts }] = spec.containers;
  expect(envFrom.flatMap(({ secretRef }) => secretRef?.name ?? [])).toEqual([
    "ofs-passwords",
    "horizon-passwords",
  ]);
  expect(readinessProbe.httpGet).toEqual({ path: "/ready", port: "http", scheme: "HTTPS" });
  expect(volumeMounts.map(({ mountPath }) => mountPath)).toEqual([
    "/tmp",
    "/tls",
    "/secrets/authorities",
  ]);
});

test("everything on: autoscaling by CPU and lag, monitors, policies, the way in", async () => {
  const manifests = await render("scaled");
  const metrics = manifests
    .ofKind("HorizontalPodAutoscaler")
    .map((scaler) => [componentOf(scaler), scaler.spec.metrics.map(({ type }) => type)]);
  expect(metrics).toEqual([
    ["api-server", ["Resource"]],
    ["consumer", ["Resource", "External"]],
    ["populator", ["Resource"]],
  ]);
  expect(manifests.one("Deployment", "live-ofs-horizon").spec.replicas).toBe(1);
  const services = ["api-server", "consumer", "horizon", "populator"];
  for (const kind of ["NetworkPolicy", "ServiceMonitor", "PodDisruptionBudget"]) {
    expect(manifests.ofKind(kind).map(componentOf), kind).toEqual(services);
  }
  for (const { metadata, spec } of manifests.ofKind("ServiceMonitor")) {
    expect(metadata.labels).toMatchObject({ release: "prometheus" });
    expect(manifests.one("Service", metadata.name).metadata.labels).toMatchObject(
      spec.selector.matchLabels,
    );
    expect(spec.endpoints).toEqual([{ port: "http", path: "/metrics", interval: "15s" }]);
  }
  expect(manifests.ofKind("Ingress")).toHaveLength(1);
});

test("a service alone needs nothing of the others", async () => {
  const manifests = await render("reading-only");
  expect(manifests.ofKind("Deployment").map(componentOf)).toEqual(["api-server"]);
  expect(manifests.ofKind("ServiceAccount")).toEqual([]);
});

const BAD_VALUES = "values don't meet the specifications of the schema";

test.each([
  ["services.api-server.replica=3", BAD_VALUES],
  ["services.consummer.enabled=true", BAD_VALUES],
  ["config.etcd_server=a", BAD_VALUES],
  ["services.consumer.ports.http=80", BAD_VALUES],
  [
    "services.consumer.config.APP_PORT=1",
    "services.consumer: APP_PORT is 1, but ports.http is 8090",
  ],
  [
    "config.SHUTDOWN_GRACE_MS=60000",
    "terminationGracePeriodSeconds is 45, but preStopSeconds, SHUTDOWN_GRACE_MS and 5 s for closing take 70 s",
  ],
  ["ingress.enabled=true,services.horizon.enabled=false", "no horizon to lead to"],
])("values that make no sense are refused: %s", async (setting, message) => {
  await expect(render("default", setting)).rejects.toThrow(message);
});
