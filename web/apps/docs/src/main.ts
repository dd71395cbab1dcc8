import { element } from "../../prebuilt/src/dom";
import {
  curl, groups, resolve, typeInWords, type Answer, type Document, type Endpoint, type Schema,
} from "./document";

/** Schemas lie in one another no deeper than this on the page. */
const MAXIMUM_DEPTH = 5;

async function main(): Promise<void> {
  const page = document.getElementById("page");
  if (!page) return;
  try {
    const reply = await fetch("/openapi.json");
    if (!reply.ok) throw new Error(`the server answered ${reply.status}`);
    show(page, (await reply.json()) as Document);
  } catch (error) {
    page.replaceChildren(
      element("p", { class: "status", role: "alert" }, `The description cannot be loaded: ${String(error)}`),
    );
  }
}

function show(page: HTMLElement, api: Document): void {
  const all = groups(api);
  page.replaceChildren(
    element("header", {},
      element("h1", {}, api.info.title),
      element("a", { href: "/openapi.json" }, "openapi.json")),
    navigation(all),
    element("main", { id: "content" },
      prose(api.info.description),
      element("pre", {}, element("code", {}, "TOKEN=$(stoa token --dev)   # or sign your own")),
      ...all.map((group) =>
        element("section", { "aria-label": group.name },
          element("h2", {}, group.name),
          ...group.endpoints.map((one) => article(api, one))))),
  );
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function navigation(all: ReturnType<typeof groups>): HTMLElement {
  const lists = all.map((group) =>
    element("div", {},
      element("h2", {}, group.name),
      element("ul", {},
        ...group.endpoints.map((one) =>
          element("li", {}, element("a", { href: `#${one.operation.operationId}` }, one.operation.summary))))));
  // Open beside the text where there is room, folded above it where there is not.
  const details = element("details", {}, element("summary", {}, "Contents"), ...lists);
  const wide = matchMedia("(min-width: 60rem)");
  const adapt = (): void => { details.open = wide.matches; };
  adapt();
  wide.addEventListener("change", adapt);
  return element("nav", { "aria-label": "Contents" }, details);
}

function article(api: Document, endpoint: Endpoint): HTMLElement {
  const { method, path, operation } = endpoint;
  const parts: HTMLElement[] = [
    element("h3", {}, element("a", { href: `#${operation.operationId}` }, operation.summary)),
    element("p", { class: "address" },
      element("span", { class: `method ${method.toLowerCase()}` }, method), " ",
      element("code", {}, path)),
  ];
  if (operation.description) parts.push(prose(operation.description));
  if (operation.parameters?.length) {
    parts.push(element("h4", {}, "Parameters"), table(operation.parameters.map((one) => [
      one.name, `${one.in}, ${typeInWords(api, one.schema)}`, one.description ?? "",
    ])));
  }
  const body = operation.requestBody?.content["application/json"]?.schema;
  if (body) parts.push(element("h4", {}, "Body"), members(api, body));
  parts.push(
    element("h4", {}, "Example"),
    element("pre", {}, element("code", {}, curl(endpoint, location.origin))),
    element("h4", {}, "Answers"),
    ...Object.entries(operation.responses).map(([status, answer]) => response(api, status, answer)));
  return element("article", { id: operation.operationId }, ...parts);
}

function response(api: Document, status: string, reference: Answer): HTMLElement {
  const name = reference.$ref?.split("/").pop();
  const answer = name ? api.components.responses[name] ?? {} : reference;
  const title = element("span", {}, element("code", {}, status), " ", ...words(answer.description ?? ""));
  const [type, content] = Object.entries(answer.content ?? {})[0] ?? [];
  if (type !== "application/json" || !content?.schema) {
    return element("p", { class: "answer" }, title, type ? ` (${type})` : "");
  }
  return element("details", { class: "answer" }, element("summary", {}, title), members(api, content.schema));
}

/** The members of an object, those that are objects with theirs. */
function members(api: Document, reference: Schema, depth = 0): HTMLElement {
  const { schema } = resolve(api, reference);
  const required = new Set(schema.required ?? []);
  const list = element("ul", { class: "members" });
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const inner = innermost(api, member);
    const line = element("span", {},
      element("code", {}, name), " ",
      element("span", { class: "type" }, typeInWords(api, member) + (required.has(name) ? "" : ", optional")),
      member.description ? ` – ${member.description}` : "");
    const deeper = inner.properties && depth < MAXIMUM_DEPTH;
    list.append(element("li", {},
      deeper ? element("details", {}, element("summary", {}, line), members(api, inner, depth + 1)) : line));
  }
  return list.childElementCount ? list : element("p", {}, typeInWords(api, reference));
}

/** What a list holds, or what stands beside `null`. */
function innermost(api: Document, reference: Schema): Schema {
  const { schema } = resolve(api, reference);
  if (schema.items) return innermost(api, schema.items);
  const choice = schema.anyOf?.find((one) => one.type !== "null");
  return choice ? innermost(api, choice) : schema;
}

function table(rows: string[][]): HTMLElement {
  return element("ul", { class: "members" },
    ...rows.map(([name, type, description]) =>
      element("li", {},
        element("code", {}, name), " ", element("span", { class: "type" }, type),
        description ? ` – ${description}` : "")));
}

/** A paragraph in which `code` is code. */
function prose(text: string): HTMLElement {
  return element("p", {}, ...words(text));
}

function words(text: string): (HTMLElement | string)[] {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

void main();
