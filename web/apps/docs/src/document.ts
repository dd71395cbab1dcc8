/** What this page reads of an OpenAPI 3.1 document. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  example?: string;
  schema: Schema;
}

export interface Content {
  schema?: Schema;
  example?: unknown;
}

export interface Answer {
  $ref?: string;
  description?: string;
  content?: Record<string, Content>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Answer>;
}

export interface Document {
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Answer> };
}

/** One operation with where it is. */
export interface Endpoint {
  method: string;
  path: string;
  operation: Operation;
}

/** The endpoints of each group, groups in the document's order, without empty ones. */
export function groups(document: Document): { name: string; endpoints: Endpoint[] }[] {
  const all: Endpoint[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      all.push({ method: method.toUpperCase(), path, operation });
    }
  }
  return document.tags
    .map(({ name }) => ({
      name,
      endpoints: all
        .filter((one) => one.operation.tags.includes(name))
        .sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method)),
    }))
    .filter((group) => group.endpoints.length > 0);
}

/** The schema that is meant, and its name if it has one. */
export function resolve(document: Document, schema: Schema): { name?: string; schema: Schema } {
  const name = schema.$ref?.split("/").pop();
  if (!name) return { schema };
  return { name, schema: document.components.schemas[name] ?? {} };
}

/** A type in words: `string or null`, `list of Timelog`, `1 to 100 characters`. */
export function typeInWords(document: Document, reference: Schema): string {
  const { name, schema } = resolve(document, reference);
  if (name) return name;
  if (schema.anyOf) return schema.anyOf.map((one) => typeInWords(document, one)).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const types = schema.type === undefined ? ["anything"] : [schema.type].flat();
  const words = types.map((type) =>
    type === "array" ? `list of ${typeInWords(document, schema.items ?? {})}` : type,
  );
  const bounds = limits(schema);
  return words.join(" or ") + (bounds ? `, ${bounds}` : "");
}

function limits(schema: Schema): string {
  if (schema.format === "date-time") return "ISO 8601";
  const range = (low: number | undefined, high: number | undefined, unit: string): string => {
    if (low === undefined && high === undefined) return "";
    if (high === undefined) return `at least ${low}${unit}`;
    return low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`;
  };
  return (
    range(schema.minimum, schema.maximum, "") ||
    range(schema.minLength, schema.maxLength, " characters") ||
    range(schema.minItems, schema.maxItems, " elements")
  );
}

/** A command that makes the request, for a shell. */
export function curl(endpoint: Endpoint, origin: string): string {
  const { method, operation } = endpoint;
  const path = (operation.parameters ?? [])
    .filter((one) => one.in === "path")
    .reduce((text, one) => text.replace(`{${one.name}}`, one.example ?? `{${one.name}}`), endpoint.path);
  const lines = [`curl${method === "GET" ? "" : ` -X ${method}`} '${origin}${path}'`];
  if (operation.security?.length) lines.push(`-H "Authorization: $TOKEN"`);
  const body = operation.requestBody?.content["application/json"];
  if (body) {
    lines.push("-H 'Content-Type: application/json'");
    // A quote within a quoted word of the shell ends it, stands escaped, and begins the next.
    const text = JSON.stringify(body.example ?? {}).split("'").join("'\\''");
    lines.push(`-d '${text}'`);
  }
  return lines.join(" \\\n  ");
}
