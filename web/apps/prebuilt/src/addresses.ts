/** What a server keeps of outputs, by the beginnings of its paths. */
const OWN = ["/hls/", "/v2/outputs/"];

/**
 * An address the server gave, on the origin of this page if it is the server's own.
 *
 * A server says its public name, which need not be the one this page came by: `localhost` and
 * `127.0.0.1`, say. What is not the server's own stays as it is.
 */
export function onThisOrigin(address: string, page: string = location.href): string {
  try {
    const url = new URL(address, page);
    if (!OWN.some((path) => url.pathname.startsWith(path))) return url.href;
    return new URL(url.pathname + url.search, page).href;
  } catch {
    return address;
  }
}
