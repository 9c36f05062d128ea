import {
  CHANGE_KINDS as SERVER_KINDS,
  ROLES as SERVER_ROLES,
  REQUEST_STATUSES as SERVER_STATUSES,
} from "@ofs/horizon";
import { expect, test } from "vitest";
import { ROLES } from "../../src/api/users.ts";
import { CHANGE_KINDS, REQUEST_STATUSES } from "../../src/model/change-kinds.ts";

// The pages cannot import the server: its code does not run in a browser.
test("the words of requests and people are the control plane's", () => {
  expect(CHANGE_KINDS).toEqual(SERVER_KINDS);
  expect(REQUEST_STATUSES).toEqual(SERVER_STATUSES);
  expect(ROLES).toEqual(SERVER_ROLES);
});
