/** What a browser gives the SDK, in one place, so that tests can put their own in. */
export interface Environment {
  webSocket: (url: string) => WebSocket;
  peerConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Undefined on insecure pages. */
  mediaDevices: () => MediaDevices | undefined;
  userAgent: () => string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** How this machine is connected, as far as the browser tells. */
  networkType: () => string | undefined;
}

export const browser: Environment = {
  webSocket: (url) => new WebSocket(url),
  peerConnection: (configuration) => new RTCPeerConnection(configuration),
  mediaDevices: () => (typeof navigator === "undefined" ? undefined : navigator.mediaDevices),
  userAgent: () => (typeof navigator === "undefined" ? "" : navigator.userAgent),
  fetch: (url, init) => fetch(url, init),
  networkType: () =>
    typeof navigator === "undefined"
      ? undefined
      : (navigator as { connection?: { type?: string } }).connection?.type,
};
