const CSRF_COOKIE = "ofs_csrf";
const CSRF_HEADER = "x-csrf-token";

/**
 * What shows that a page of this origin sends a call: other sites can make a browser send cookies, but cannot read them.
 *
 * @param cookies as `document.cookie` has them
 */
export function csrfHeaders(cookies: string): Record<string, string> {
  for (const cookie of cookies.split(";")) {
    const [name = "", ...value] = cookie.trim().split("=");
    if (name === CSRF_COOKIE) return { [CSRF_HEADER]: decodeURIComponent(value.join("=")) };
  }
  return {};
}
