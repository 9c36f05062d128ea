import type { Page } from "playwright-core";

/** Signs in on the login page. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Chooses in a list that opens below its field. */
export async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** Sends the form that is filled in, once the server has no objections. */
export async function sendForApproval(page: Page): Promise<void> {
  await page.getByText("This change can be made").waitFor();
  await page.getByRole("button", { name: "Send for approval" }).click();
}

/** Signs in, and waits for the first page. */
export async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/login");
  await signIn(page, email, password);
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
}

/** After a job's or client's request was sent. @returns the token that was made for it */
export async function takeToken(page: Page): Promise<string> {
  await page.getByRole("heading", { name: "Copy the token now" }).waitFor();
  const token = await page.getByLabel("Token", { exact: true }).textContent();
  await page.getByRole("link", { name: "I have it" }).click();
  return token ?? "";
}

/** On a request's page. */
export async function approve(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Approve and apply" }).click();
  await page.getByText("Approved", { exact: true }).waitFor();
}
