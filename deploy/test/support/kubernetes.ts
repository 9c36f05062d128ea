import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPythonPackages, runCommand } from "@ofs/testkit";

/** Brings the schemas of Kubernetes' releases with it. */
const VALIDATOR = "kubernetes-validate";
const VALIDATOR_VERSION = "1.37.0";

/** Prints `RELEASE: KIND NAME: what is wrong` for each document that a release of Kubernetes would not take as it is. */
const PROGRAM = `
import sys, yaml, kubernetes_validate as kubernetes
resources = [each for each in yaml.safe_load_all(open(sys.argv[1])) if each]
for release in sys.argv[2:]:
    for resource in resources:
        name = release + ": " + resource["kind"] + " " + str(resource["metadata"].get("name"))
        try:
            kubernetes.validate(resource, release, strict=True)
        except kubernetes.ValidationError as fault:
            print(name + ": " + "/".join(map(str, fault.path)) + ": " + fault.message)
`;

/** @returns faults of the manifests, by the schemas of releases of Kubernetes ("1.30"); unknown fields are faults */
export async function manifestFaults(
  manifests: string,
  releases: readonly string[],
): Promise<string[]> {
  const python = await installPythonPackages(`${VALIDATOR}-${VALIDATOR_VERSION}`, [
    `${VALIDATOR}==${VALIDATOR_VERSION}`,
  ]);
  const folder = await mkdtemp(join(tmpdir(), "ofs-manifests-"));
  try {
    const file = join(folder, "manifests.yaml");
    await writeFile(file, manifests);
    const answer = await runCommand(python, ["-c", PROGRAM, file, ...releases]);
    return answer.split("\n").filter((line) => line !== "");
  } finally {
    await rm(folder, { recursive: true });
  }
}
