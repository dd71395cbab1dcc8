import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveServerURL, signallingURL } from "../src/server-url";

const script = "https://cdn.example/sdk/videosdk.js?v=1";
const page = "https://page.example:8443/room?x=1#y";

test("the server is the explicit one, the global one, the script's, the page's, in this order", () => {
  const all = { explicit: "https://a.example", global: "https://b.example", script, page };
  assert.equal(resolveServerURL(all), "https://a.example");
  assert.equal(resolveServerURL({ ...all, explicit: null }), "https://b.example");
  assert.equal(resolveServerURL({ ...all, explicit: "", global: 7 }), "https://cdn.example");
  assert.equal(resolveServerURL({ page }), "https://page.example:8443");
});

test("a given server keeps its path, a script's or page's does not count", () => {
  assert.equal(resolveServerURL({ explicit: "https://a.example/stoa/" }), "https://a.example/stoa");
  assert.equal(resolveServerURL({ explicit: "/stoa", page }), "https://page.example:8443/stoa");
});

test("scripts from files and blobs are passed over", () => {
  for (const odd of ["file:///home/x.js", "blob:https://x/1", "data:text/javascript,1", "", "x"]) {
    assert.equal(resolveServerURL({ script: odd, page }), "https://page.example:8443");
  }
});

test("what is no http address, or nothing at all, is refused by name", () => {
  for (const explicit of ["ftp://a.example", "not a url", "javascript:alert(1)"]) {
    assert.throws(() => resolveServerURL({ explicit }), { code: 3073 });
  }
  assert.throws(() => resolveServerURL({ page: "about:blank" }), { code: 3073 });
});

test("signalling is the WebSocket of the same security", () => {
  assert.equal(signallingURL("http://a:8080"), "ws://a:8080/signal");
  assert.equal(signallingURL("https://a/stoa"), "wss://a/stoa/signal");
  assert.equal(signallingURL(resolveServerURL({ explicit: "wss://a" })), "wss://a/signal");
});
