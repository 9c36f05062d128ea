import type { Page } from "playwright-core";

/** Signs in on the login page. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Chooses in a list that opens below its field. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** Sends the form that is filled in, once the server has no objections. */
export async function sendForApproval(page: Page): Promise<void> {
  await page.getByText("This change can be made").waitFor();
  await page.getByRole("button", { name: "Send for approval" }).click();
}

/** On a request's page. */
export async function approve(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Approve and apply" }).click();
  await page.getByText("Approved", { exact: true }).waitFor();
}
