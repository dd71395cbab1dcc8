import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { problemOf, Tokens } from "../src/access/access";
import { expiry, keyOf, signToken } from "../src/access/signing";
import { Refusal, refusal } from "../src/api";

const SECRET = "stoa-development-secret-not-for-deployment";

// Both made with Python's hmac.
const SIGNED =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhcGlrZXkiOiJkZXZrZXkiLCJwZXJtaXNzaW9ucyI6WyJhbGxvd19qb2luIiwiYWxsb3df" +
  "bW9kIl0sInZlcnNpb24iOjIsInJvbGVzIjpbImNyYXdsZXIiXSwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDAzMDB9." +
  "EojWLpuzZ1KWAO3B8Q9d6ykzupHybJZx2yTQ1UGjVDE";
const BEYOND_ASCII =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhcGlrZXkiOiLDnyIsImlhdCI6MSwiZXhwIjoyfQ." +
  "56iKu_nd7AhqoCw9DNCPnDakSgeez-e6CirGyAqHVFk";

test("a token is signed as others sign it", async () => {
  const claims = { permissions: ["allow_join", "allow_mod"], version: 2, roles: ["crawler"] };
  assert.equal(await signToken("devkey", SECRET, claims, 1_800_000_000_900, 300, webcrypto.subtle), SIGNED);
  const secret = "geheim-mit-ä-und-😀-und-noch-mehr-bytes";
  assert.equal(await signToken("ß", secret, {}, 1_000, 1, webcrypto.subtle), BEYOND_ASCII);
});

test("what a token says is read without believing it", () => {
  assert.equal(expiry(SIGNED), 1_800_000_300_000);
  assert.equal(keyOf(SIGNED), "devkey");
  assert.equal(expiry("no.token.here"), null);
  assert.equal(keyOf(""), "");
});

test("a pasted text that cannot be a token is refused before the server is asked", () => {
  assert(problemOf("hello")?.includes("three parts"));
  assert(problemOf(SIGNED, 1_800_000_300_001)?.includes("expired"));
  assert.equal(problemOf(SIGNED, 1_800_000_000_000), null);
});

test("a pasted token is used as it is, and says whose it is", async () => {
  const tokens = new Tokens({ kind: "token", token: SIGNED });
  assert.equal(await tokens.token(), SIGNED);
  assert.equal(tokens.name, "devkey");
});

test("refusals are told apart: this server lacks it, the thing does not exist, the key may not", async () => {
  const of = async (status: number, body: unknown): Promise<Refusal> =>
    refusal(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  assert.equal((await of(404, { code: "ROUTE_NOT_FOUND", message: "x" })).kind, "not-here");
  assert.equal((await of(405, { code: "METHOD_NOT_ALLOWED", message: "x" })).kind, "not-here");
  const missing = await of(404, { code: "SESSION_NOT_FOUND", message: "There is no such session." });
  assert.deepEqual([missing.kind, missing.message], ["not-found", "There is no such session."]);
  assert.equal((await of(401, {})).kind, "signed-out");
  assert.equal((await of(403, {})).kind, "forbidden");
  assert.equal((await of(502, "<html>Bad gateway</html>")).kind, "unreachable");
  assert.equal((await of(400, { message: "No." })).message, "No.");
  assert.equal((await of(500, "")).message, "The server answered 500.");
});
