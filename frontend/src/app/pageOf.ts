/** Which page an address is of: an entry that is opened beside a list is on the list's page. */
export function pageOf(pathname: string): string {
  return /^\/(?:record|private|patients\/[^/]+)(?=\/|$)/.exec(pathname)?.[0] ?? pathname;
}
