/** Where to go after a login: a path of this site, or home; never another site that a link names. */
export function localPath(wanted: string | undefined): string {
  const isLocal = wanted !== undefined && /^\/(?![/\\])/.test(wanted);
  return isLocal && !/[\r\n\t]/.test(wanted) ? wanted : "/";
}
