import type { Operator } from "./operator.ts";
import { entityBody, featuresBody, groupBody, storeBody } from "./seeds.ts";

const JOB_TOKEN = "a-token-that-nobody-uses";

/** Fills an empty control plane with a little of everything: requests in all states, versions, a store, jobs. */
export async function fillControlPlane(admin: Operator): Promise<void> {
  await admin.make("store", storeBody("user_features", ["user_id"]));
  await admin.make("job", { "job-type": "writer", "job-id": "daily_ctr", token: JOB_TOKEN });
  await admin.make("job", { "job-type": "reader", "job-id": "ranking", token: `${JOB_TOKEN}-2` });
  await admin.make("entity", entityBody("user", ["user_id"], { confId: 3, ttl: 60 }));
  const click = { label: "ctr_7d", default: "0.05", source: "TABLE|ads.user_ctr|ctr_7d" };
  const group = { entity: "user", label: "clicks", job: "daily_ctr", ttl: 86_400 };
  await admin.make("feature-group", groupBody({ ...group, features: [click] }));
  const added = [{ label: "ctr_30d", default: "0.04" }];
  await admin.make("features-add", featuresBody("user", "clicks", added));
  const rejected = await admin.ask("entity", entityBody("usr", ["user_id"]));
  await admin.decide("entity", rejected, "there is `user` already");
  await admin.ask("store", storeBody("item_features", ["item_id"]));
  await admin.ask("features-add", featuresBody("user", "clicks", [{ label: "cvr", default: "0" }]));
}
