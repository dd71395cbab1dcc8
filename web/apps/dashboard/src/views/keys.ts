import type { API } from "../api";
import { Child, element } from "../dom";
import { icon } from "../icons";
import { copyable, tell } from "../parts/copy";
import { confirm, form, open } from "../parts/dialog";
import { emptyState, heading, pill } from "../parts/states";
import { pager, table } from "../parts/table";
import { dateTime, moment, NOTHING, relative } from "../pure/format";
import { pageNumber } from "../pure/route";
import type { Key, Page, PageInfo } from "../resources";
import type { View } from "../screen";

interface Loaded {
  keys: Key[];
  pageInfo: PageInfo | null;
}

/** API keys: who may make tokens. */
export function keysView(api: API, query: Record<string, string>, reload: () => void): View<Loaded> {
  return {
    title: "API keys",
    interval: () => 0,
    async load(signal) {
      const answer = await api.fetched<Page<Key> | Key[]>(`/v2/keys?page=${pageNumber(query.page)}&perPage=20`, signal);
      return Array.isArray(answer) ? { keys: answer, pageInfo: null } : { keys: answer.data, pageInfo: answer.pageInfo };
    },
    render({ keys, pageInfo }) {
      const now = Date.now();
      const add = element("button", { class: "button primary", onclick: create }, icon("plus"), "New key");
      if (keys.length === 0) return [heading("API keys"), emptyState("No key", "An application needs a key to make tokens with.", add)];
      return [
        heading("API keys", add),
        element(
          "div",
          { class: "card flush", "data-key": "list" },
          table(
            "API keys",
            [
              {
                name: "Key",
                cell: (each) => [
                  element("span", { class: "strong" }, each.name || each.key),
                  each.name && element("code", { class: "faint second" }, each.key),
                ],
              },
              {
                name: "State",
                cell: (each) =>
                  each.revokedAt ? pill("Revoked", "bad") : each.isAdmin ? pill("Admin", "accent") : pill("Active", "good"),
              },
              { name: "Tenant", cell: (each) => element("code", {}, each.tenantId) },
              { name: "Created", cell: (each) => dateTime(moment(each.createdAt) ?? 0) },
              { name: "Last used", cell: (each) => element("span", { class: "faint" }, used(each, now)) },
              { name: "Actions", kind: "actions", cell: actions },
            ],
            keys,
            (each) => each.key,
          ),
          pageInfo && pager(pageInfo, "keys", query),
        ),
      ];
    },
  };

  function actions(key: Key): Child {
    if (key.revokedAt) return null;
    const own = api.tokens.name === key.key;
    return element(
      "span",
      { class: "row-actions" },
      own
        ? element("span", { class: "faint" }, "You use it now")
        : element("button", { class: "button", onclick: () => revoke(key) }, "Revoke"),
    );
  }

  function revoke(key: Key): void {
    confirm(
      `Revoke ${key.name || key.key}?`,
      "Its tokens stop working at once, and everybody who joined with one is taken out of their meeting. This cannot be taken back.",
      "Revoke",
      async () => {
        await api.post(`/v2/keys/${encodeURIComponent(key.key)}/revoke`);
        tell("Key revoked");
        reload();
      },
    );
  }

  function create(): void {
    form(
      "New API key",
      "An application signs its tokens with a key's secret. Give each application a key of its own.",
      [
        { name: "name", label: "Name", hint: "Which application it is for.", required: true },
        { name: "tenantId", label: "Tenant (optional)", hint: "Keys of one tenant see the same rooms. Empty: a tenant of its own." },
        { name: "isAdmin", label: "May administer this server", type: "checkbox" },
      ],
      "Create",
      async ({ name, tenantId, isAdmin }) => {
        const made = await api.post<Key>("/v2/keys", { name, tenantId: tenantId || undefined, isAdmin: isAdmin === "true" });
        reload();
        // Once the form has closed.
        setTimeout(() => shown(made));
      },
    );
  }

  function shown(key: Key): void {
    const dialog = open(
      "Your new key",
      element("p", { class: "lead" }, "The secret is shown this once. Put it where your application reads it from, and nowhere else."),
      element("h3", {}, "Key"),
      copyable(key.key, "Key"),
      element("h3", {}, "Secret"),
      copyable(key.secret ?? "", "Secret"),
      element("footer", { class: "dialog-foot" }, element("button", { class: "button primary", onclick: () => dialog.close() }, "I have saved it")),
    );
  }
}

function used(key: Key, now: number): string {
  const time = moment(key.lastUsedAt);
  return time === null ? NOTHING : relative(time, now);
}
