import type { Trait } from "../cases.ts";
import type { Explanation } from "../explanations.ts";
import { asksFor, CODE, codesAre, hasTrait } from "./seen.ts";

const { OK, UNKNOWN, INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, INTERNAL } = CODE;
const CALLER_FAULT = [INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION];

/** The caller's faults that the reference answers with a text of its own making, or by a panic. */
const OWN_TEXTS: readonly Trait[] = [
  "unknown-quantisation",
  "impossible-quantisation",
  "too-few-values",
  "too-many-values",
  "no-values",
  "no-values-message",
  "missing-group-values",
  "vector-too-long",
  "undecodable",
];

/** How calls end: status codes and their texts. */
export const STATUS_DIFFERENCES: readonly Explanation[] = [
  {
    id: "codes-for-callers-faults",
    about: ["status"],
    reason:
      "The reference answers every fault of the request with UNKNOWN and a text. We keep the text and say whose " +
      "fault it is: INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION.",
    explains: (seen) =>
      codesAre(seen, [UNKNOWN], CALLER_FAULT) &&
      (seen.theirs.message === seen.ours.message || hasTrait(seen, ...OWN_TEXTS)),
  },
  {
    id: "texts-of-value-faults",
    about: ["message"],
    reason:
      "For values and types that do not fit, our text names the row, the field and the value; that of the " +
      "reference names the container only.",
    explains: (seen) => seen.ours.code !== OK && hasTrait(seen, ...OWN_TEXTS),
  },
  {
    id: "undecodable-is-invalid",
    about: ["status"],
    reason:
      "Bytes that are no message are INTERNAL in the reference, from its gRPC library; to us they are the caller's fault.",
    explains: (seen) =>
      hasTrait(seen, "undecodable") && codesAre(seen, [INTERNAL, UNKNOWN, OK], [INVALID_ARGUMENT]),
  },
  {
    id: "short-messages-panic",
    about: ["status"],
    reason:
      "Keys with too few columns, rows with too few values and rows without a values message make the handler of " +
      "the reference panic (INTERNAL). We refuse them.",
    explains: (seen) =>
      hasTrait(
        seen,
        "too-few-columns",
        "missing-key-name",
        "missing-group-values",
        "no-values-message",
      ) && codesAre(seen, [INTERNAL], [INVALID_ARGUMENT]),
  },
  {
    id: "key-shape-is-checked",
    about: ["status"],
    reason:
      "The reference takes any names in keys_schema and any number of columns above the names'; it answers defaults, " +
      "or writes a row that nobody finds. We want exactly the entity's key names, in any order.",
    explains: (seen) =>
      hasTrait(seen, "too-many-columns", "wrong-key-name", "missing-key-name", "too-few-columns") &&
      codesAre(seen, [OK], [INVALID_ARGUMENT]),
  },
  {
    id: "separator-in-keys-is-refused",
    about: ["status"],
    reason:
      "Composite keys are joined by | without escaping, so two different keys could meet. We refuse | in a value of " +
      "a composite key; the reference does not look.",
    explains: (seen) =>
      hasTrait(seen, "separator-in-key") && codesAre(seen, [OK], [INVALID_ARGUMENT]),
  },
  {
    id: "empty-keys-are-not-written",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason:
      "Cassandra refuses an empty partition key; the reference logs that and reports success. We refuse the write.",
    explains: (seen) =>
      hasTrait(seen, "empty-key-value") && codesAre(seen, [OK], [INVALID_ARGUMENT]),
  },
  {
    id: "unknown-labels-are-not-written",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason:
      "The reference drops the value of an unknown label, or writes it over the first feature, and reports success. " +
      "A label or group given twice it takes, too. We refuse all of these.",
    explains: (seen) =>
      hasTrait(seen, "unknown-label", "repeated-label", "repeated-group") &&
      codesAre(seen, [OK, INTERNAL, UNKNOWN], [INVALID_ARGUMENT]),
  },
  {
    id: "unfit-values-are-not-written",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason:
      "A text over its length or a vector of another length makes the reference write NULL over what was there and " +
      "report success; an integer out of range wraps. We refuse all of these before anything is written.",
    explains: (seen) =>
      hasTrait(seen, "text-too-long", "vector-too-long", "out-of-range") &&
      codesAre(seen, [OK, INTERNAL], [INVALID_ARGUMENT]),
  },
  {
    id: "oversized-blocks-are-not-written",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason:
      "Values that take more than the columns of the store hold are cut off by the reference. We refuse them.",
    explains: (seen) =>
      codesAre(seen, [OK], [INVALID_ARGUMENT]) &&
      /the encoded values take \d+ bytes, the store holds \d+/.test(seen.ours.message),
  },
  {
    id: "other-containers-are-taken",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason:
      "The reference wants each type's own container. Where nothing can be lost we also take the one that some " +
      "clients send, for example fp64_values for an fp32 group.",
    explains: (seen) =>
      hasTrait(seen, "other-container") && codesAre(seen, [UNKNOWN, INTERNAL], [OK]),
  },
  {
    id: "narrow-defaults-panic",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason:
      "A write that leaves out features of an 8 or 16 bit group makes the reference read their defaults as 32 bits " +
      "and panic. We read them in their own width.",
    explains: (seen) =>
      hasTrait(seen, "partial") &&
      codesAre(seen, [INTERNAL, UNKNOWN], [OK]) &&
      asksFor(seen, ({ dataType }) => [1, 2].includes(dataType.unitSizeBytes)),
  },
  {
    id: "bool-vectors-are-written",
    about: ["status"],
    methods: ["PersistFeatures"],
    reason: "The reference cannot write vectors of bools. We can.",
    explains: (seen) =>
      codesAre(seen, [UNKNOWN, INTERNAL], [OK]) &&
      asksFor(seen, ({ dataType }) => dataType.isVector && dataType.kind === "bool"),
  },
  {
    id: "text-vectors-are-shown",
    about: ["status"],
    methods: ["RetrieveDecodedResult"],
    reason:
      "To show a vector of texts the reference takes the length of a text for that of the vector and fails unless " +
      "they are equal.",
    explains: (seen) =>
      codesAre(seen, [INTERNAL, UNKNOWN], [OK]) &&
      asksFor(seen, ({ dataType }) => dataType.isVector && dataType.kind === "string"),
  },
  {
    id: "quantised-defaults-are-shown",
    about: ["status"],
    methods: ["RetrieveDecodedResult"],
    reason:
      "The reference leaves defaults in the stored width where a narrower one was asked for, and then fails to show them.",
    explains: (seen) => hasTrait(seen, "quantised") && codesAre(seen, [INTERNAL, UNKNOWN], [OK]),
  },
  {
    id: "empty-vectors-are-read",
    about: ["status"],
    reason:
      "A vector of length 0 at the end of a block is an error to the reference, and empty to us.",
    explains: (seen) =>
      codesAre(seen, [INTERNAL, UNKNOWN], [OK]) &&
      asksFor(seen, ({ features }) => features.some(({ vectorLength }) => vectorLength === 0)),
  },
  {
    id: "failed-stores-are-failures",
    about: ["status"],
    reason:
      "When a store fails or does not answer in time, the reference answers defaults, and reports writes to " +
      "Cassandra as done. We answer UNAVAILABLE or DEADLINE_EXCEEDED.",
    explains: (seen) => codesAre(seen, [OK], [CODE.UNAVAILABLE, 4]),
  },
  {
    id: "limits-are-kept",
    about: ["status"],
    reason:
      "Calls in flight, columns of a request and rows have limits here (RESOURCE_EXHAUSTED); the reference has none.",
    explains: (seen) => codesAre(seen, [OK, UNKNOWN], [CODE.RESOURCE_EXHAUSTED]),
  },
  {
    id: "degraded-cells-are-counted",
    about: ["trailer"],
    reason:
      "We say in the trailer ofs-degraded-cells how many columns are defaults for want of a readable block.",
    explains: ({ ours, theirs }) => {
      const { "ofs-degraded-cells": _, ...rest } = ours.trailers;
      return JSON.stringify(rest) === JSON.stringify(theirs.trailers);
    },
  },
];
