import { MAX_TOKEN_LENGTH } from "@ofs/platform";
import { z } from "zod";
import {
  SCOPE_ENTITIES_MAX,
  TOKEN_OVERLAP_SECONDS_DEFAULT,
  TOKEN_OVERLAP_SECONDS_MAX,
} from "./limits.ts";
import { label, reference, wholeNumber } from "./payload-fields.ts";

/** `writer`: a job that feeds groups; `reader`: a client of the data plane. */
export const JOB_TYPES = ["writer", "reader"] as const;
export type JobType = (typeof JOB_TYPES)[number];

/** Also of calls that are no requests. */
export const jobType = z
  .enum(JOB_TYPES, { error: "must be writer or reader" })
  .meta({ description: "A job that writes, or a client that reads.", examples: ["writer"] });

export const jobReference = reference({
  description: "A job or client that exists.",
  example: "user_job",
});

const scopes = z
  .object(
    {
      entities: z
        .array(reference({ description: "An entity that exists.", example: "user" }), {
          error: "must be a list",
        })
        .max(SCOPE_ENTITIES_MAX, { error: `must be at most ${SCOPE_ENTITIES_MAX} entities` })
        .optional()
        .meta({
          description: "Entities that the client may use; left out = all.",
          examples: [["user"]],
        }),
      access: z
        .array(z.enum(["read", "write"], { error: "must be read or write" }), {
          error: "must be a list",
        })
        .max(2, { error: "must be at most read and write" })
        .optional()
        .meta({
          description: "What the client may do; left out = both.",
          examples: [["read"]],
        }),
    },
    { error: "must be an object" },
  )
  .meta({ description: "Limits of a reader; left out = none.", examples: [{ access: ["read"] }] });

const TOKEN_ERROR = `must be at most ${MAX_TOKEN_LENGTH} characters, without control characters and without blanks at its ends`;

const token = z
  .string({ error: TOKEN_ERROR })
  .max(MAX_TOKEN_LENGTH, { error: TOKEN_ERROR })
  .regex(/^(?:[^\p{Cc}\p{Cs}\s](?:[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\s])?)?$/u, {
    error: TOKEN_ERROR,
  })
  .optional()
  .meta({
    description: "Left out or empty: one is made and shown once.",
    examples: ["s3cret"],
  })
  .transform((text) => (text === "" ? undefined : text));

/** Of a new job or client. */
export const job = z.object({
  "job-type": jobType,
  "job-id": label({ description: "The job's or client's name.", example: "user_job" }),
  token,
  scopes: scopes.optional(),
});

/** Of a new token in place of the one that a job or client has. */
export const jobRotate = z.object({
  "job-type": jobType,
  "job-id": jobReference,
  token,
  "overlap-seconds": wholeNumber(0, TOKEN_OVERLAP_SECONDS_MAX, {
    description:
      "How long the token before is accepted beside the new one, from the approval on; 0 = no longer.",
    example: TOKEN_OVERLAP_SECONDS_DEFAULT,
  }).default(TOKEN_OVERLAP_SECONDS_DEFAULT),
  restore: z
    .boolean({ error: "must be true or false" })
    .default(false)
    .meta({
      description: "Must be true where the tokens were revoked: it may call again, then.",
      examples: [false],
    }),
});
