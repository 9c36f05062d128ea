import { parseAllDocuments } from "yaml";

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string; readonly scheme: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly envFrom: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly env?: readonly { readonly name: string }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
}

/** What the tests look at; schemas are checked elsewhere. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly selector: {
      readonly matchLabels: Readonly<Record<string, string>>;
    } & Readonly<Record<string, unknown>>;
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
    readonly metrics: readonly { readonly type: string }[];
    readonly scaleTargetRef: { readonly name: string };
    readonly endpoints: readonly Readonly<Record<string, unknown>>[];
  };
}

/** What a chart was rendered to. */
export class Manifests {
  readonly text: string;
  readonly all: readonly Manifest[];

  constructor(text: string) {
    this.text = text;
    this.all = parseAllDocuments(text).flatMap((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      const manifest = document.toJS() as Manifest | null;
      return manifest === null ? [] : [manifest];
    });
  }

  ofKind(kind: string): readonly Manifest[] {
    return this.all.filter((manifest) => manifest.kind === kind);
  }

  /** @throws {Error} if there is none */
  one(kind: string, name: string): Manifest {
    const found = this.ofKind(kind).find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }
}
