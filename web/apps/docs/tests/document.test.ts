import assert from "node:assert/strict";
import { test } from "node:test";
import { curl, groups, typeInWords, type Document } from "../src/document";

const api: Document = {
  info: { title: "T", version: "1", description: "" },
  tags: [{ name: "Rooms" }, { name: "Empty" }, { name: "Keys" }],
  paths: {
    "/v2/rooms/{roomId}": {
      post: {
        operationId: "b", summary: "B.", tags: ["Rooms"], security: [{ token: [] }], responses: {},
        parameters: [{ name: "roomId", in: "path", example: "abcd", schema: {} }],
        requestBody: { content: { "application/json": { example: { name: "it's" } } } },
      },
    },
    "/v2/rooms": { get: { operationId: "a", summary: "A.", tags: ["Rooms"], responses: {} } },
    "/v2/keys": { get: { operationId: "c", summary: "C.", tags: ["Keys"], responses: {} } },
  },
  components: { schemas: { Room: { type: "object" } }, responses: {} },
};

test("endpoints stand in their groups, in order, and empty groups are left out", () => {
  const found = groups(api);
  assert.deepEqual(found.map((group) => group.name), ["Rooms", "Keys"]);
  assert.deepEqual(found[0]?.endpoints.map((one) => one.operation.operationId), ["a", "b"]);
});

test("a command for the shell has address, token and body, and quotes what it must", () => {
  const [read, write] = groups(api)[0]?.endpoints ?? [];
  if (!read || !write) throw new Error("they are missing");
  assert.equal(curl(read, "http://h"), "curl 'http://h/v2/rooms'");
  assert.equal(
    curl(write, "http://h"),
    [
      "curl -X POST 'http://h/v2/rooms/abcd'", '-H "Authorization: $TOKEN"',
      "-H 'Content-Type: application/json'", `-d '{"name":"it'\\''s"}'`,
    ].join(" \\\n  "));
});

test("types are said in words", () => {
  const words = (schema: Parameters<typeof typeInWords>[1]): string => typeInWords(api, schema);
  assert.equal(words({ $ref: "#/components/schemas/Room" }), "Room");
  assert.equal(words({ type: ["string", "null"], minLength: 1, maxLength: 9 }), "string or null, 1 to 9 characters");
  assert.equal(words({ type: "array", items: { $ref: "#/components/schemas/Room" } }), "list of Room");
  assert.equal(words({ anyOf: [{ $ref: "#/components/schemas/Room" }, { type: "null" }] }), "Room or null");
  assert.equal(words({ enum: ["a", "b"] }), '"a" or "b"');
  assert.equal(words({}), "anything");
});
