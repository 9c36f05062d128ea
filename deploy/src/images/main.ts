/**
 * Builds the image of each service without a container engine or a registry of images, and tries it: it runs as its
 * user on a read-only file system, answers its health check and ends on SIGTERM with 0. Prints sizes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand, waitUntil } from "@ofs/testkit";
import { IMAGES, type ImageSpec, PACKAGES_STAGE, USER_ID } from "../dockerfiles.ts";
import { makeBaseImage } from "./base-image.ts";
import { ImageProcess } from "./image-process.ts";
import { type ImageConfig, ImageStore } from "./image-store.ts";
import { installTools, NoToolsError } from "./tools.ts";
import { TRIALS, type Trial } from "./trials.ts";

const HEALTHY_WITHIN_MS = 120_000;
/** SHUTDOWN_GRACE_MS, 5 s for closing connections, and as much again on a busy machine. */
const ENDED_WITHIN_MS = 50_000;
const POLL_MS = 500;
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const MEGABYTE = 1_000_000;

const say = (text: string) => void process.stderr.write(`[images] ${text}\n`);
const nameOf = (service: string) => `localhost/ofs-${service}`;
const dockerfileOf = ({ service }: ImageSpec) => `${ROOT}/deploy/docker/${service}.Dockerfile`;

try {
  await installTools(say);
  await checkImages(await ImageStore.open());
} catch (error) {
  if (!(error instanceof NoToolsError)) throw error;
  const { cause } = error;
  say(`SKIPPED: ${error.message}${cause instanceof Error ? `: ${cause.message}` : ""}`);
}

async function checkImages(store: ImageStore): Promise<void> {
  await makeBaseImage(store, say);
  const context = await sources();
  try {
    const [first] = IMAGES;
    if (first === undefined) throw new Error("there are no images");
    say("packages");
    const stage = nameOf(PACKAGES_STAGE);
    await store.build(stage, dockerfileOf(first), context, PACKAGES_STAGE);
    for (const spec of IMAGES) await checkImage(store, spec, context);
  } finally {
    await rm(context, { recursive: true, force: true });
    // It says nothing of the images, and must not hide what they failed of.
    await store.remove(IMAGES.map(({ service }) => nameOf(service))).catch((error: unknown) => {
      say(`images are left behind: ${String(error)}`);
    });
  }
}

/** What is checked in, with the changes of this tree: no build of this machine gets into an image. */
async function sources(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-images-"));
  const list = "git ls-files -z --cached --others --exclude-standard --deduplicate";
  const copy = `${list} | tar --null --ignore-failed-read -T - -c | tar -x -C "$0"`;
  await runCommand("sh", ["-c", copy, folder], { cwd: ROOT });
  return folder;
}

async function checkImage(store: ImageStore, spec: ImageSpec, context: string): Promise<void> {
  const { service } = spec;
  const image = nameOf(service);
  const startedAt = performance.now();
  await store.build(image, dockerfileOf(spec), context);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const config = await store.inspect(image);
  assertConfig(spec, config);
  await store.withFileSystem(image, async (root) => {
    const bytes = await runCommand("du", ["-s", "-B1", join(root, config.workingFolder)]);
    const megabytes = Math.round(Number.parseInt(bytes, 10) / MEGABYTE);
    say(`${service}: built in ${seconds} s, ${megabytes} MB beside the base image`);
    for (const trial of TRIALS.filter((each) => each.service === service)) {
      await tryImage(root, config, trial);
    }
  });
}

/** What the trial does not show. */
function assertConfig({ service, ports }: ImageSpec, config: ImageConfig): void {
  const faults = [
    config.user !== `${USER_ID}:${USER_ID}` && `user is ${config.user}`,
    config.stopSignal !== "SIGTERM" && `stop signal is ${config.stopSignal}`,
    config.labels["org.opencontainers.image.title"] !== `ofs-${service}` && "title is missing",
    ports.some((port) => !config.ports.includes(`${port}/tcp`)) && `ports are ${config.ports}`,
    config.healthCheck.length === 0 && "there is no health check",
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Error(`${service}: ${faults.join(", ")}`);
}

async function tryImage(root: string, config: ImageConfig, trial: Trial): Promise<void> {
  const title = `${trial.service} (${trial.what})`;
  const startedAt = performance.now();
  const started = await ImageProcess.start({ root, config, ...trial });
  try {
    await healthy(started, config.healthCheck, title);
    const [node = "", program = "", port = ""] = config.healthCheck;
    for (const path of trial.paths) await healthy(started, [node, program, port, path], title);
    if (trial.command !== undefined) await started.run(trial.command);
    const userId = await started.userId();
    if (userId !== USER_ID) throw new Error(`it runs as ${userId}`);
    const code = await started.stop("SIGTERM", ENDED_WITHIN_MS);
    if (code !== 0) throw new Error(`SIGTERM ended it with ${code ?? "a kill"}`);
  } catch (error) {
    throw new Error(`${title}: its output:\n${started.output}`, { cause: error });
  } finally {
    await started.kill();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`${title}: healthy, ends on SIGTERM with 0; ${seconds} s`);
}

async function healthy(
  started: ImageProcess,
  command: readonly string[],
  title: string,
): Promise<void> {
  let reason: unknown;
  await waitUntil(
    async () => {
      try {
        await started.run(command);
        return true;
      } catch (error) {
        if (!started.isRunning) throw error;
        reason = error;
        return false;
      }
    },
    { what: `${title} to be healthy`, timeoutMs: HEALTHY_WITHIN_MS, intervalMs: POLL_MS },
  ).catch((error: unknown) => {
    throw new Error(String(reason ?? error), { cause: error });
  });
}
