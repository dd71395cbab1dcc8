import { API, ifHere, inWords, Refusal } from "../api";
import { Child, element } from "../dom";
import { icon } from "../icons";
import { copyable, tell } from "../parts/copy";
import { confirm, open } from "../parts/dialog";
import { emptyState, heading, pill, Tone } from "../parts/states";
import { pager, segments, table } from "../parts/table";
import { count, counted, dateTime, moment, NOTHING, relative } from "../pure/format";
import { choiceOf, link, pageNumber } from "../pure/route";
import type { Delivery, Page } from "../resources";
import type { View } from "../screen";

/** Milliseconds between two looks: deliveries are tried again within seconds. */
const EVERY = 5_000;

const STATES = { waiting: "Waiting", delivered: "Delivered", dead: "Dead" } as const;
const TONES: Record<Delivery["state"], Tone> = { waiting: "warning", delivered: "good", dead: "bad" };

/** What was told to other servers, and what could not be. */
export function webhooksView(api: API, query: Record<string, string>, reload: () => void): View<Page<Delivery>> {
  const chosen = choiceOf(STATES, query.state);
  return {
    title: "Webhooks",
    interval: () => EVERY,
    load: (signal) =>
      api.fetched<Page<Delivery>>(
        `/v2/webhooks/deliveries?page=${pageNumber(query.page)}&perPage=20${chosen ? `&state=${chosen}` : ""}`,
        signal,
      ),
    render({ data, pageInfo }) {
      const now = Date.now();
      return [
        heading("Webhooks", element("button", { class: "button", onclick: () => void verification() }, "How to verify them")),
        element(
          "div",
          { class: "toolbar", "data-key": "toolbar" },
          segments("State", [
            { label: "All", href: link("webhooks"), chosen: chosen === null },
            ...(Object.keys(STATES) as Delivery["state"][]).map((each) => ({
              label: STATES[each],
              href: link("webhooks", null, { state: each }),
              chosen: each === chosen,
            })),
          ]),
          chosen === "dead" && data.length > 0 &&
            element("button", { class: "button", onclick: () => again(pageInfo.total) }, icon("again"), "Send all dead ones again"),
        ),
        data.length === 0
          ? emptyState(
              chosen ? `No ${STATES[chosen].toLowerCase()} delivery` : "No delivery yet",
              chosen === "dead"
                ? "Everything could be delivered."
                : "Rooms that were made with a webhook tell it what happens in them: who joined, who left, what began and ended.",
            )
          : element(
              "div",
              { class: "card flush", "data-key": "list" },
              table(
                "Deliveries",
                [
                  { name: "Event", cell: (each) => [element("button", { class: "as-link strong", onclick: () => void detail(each) }, each.type), element("span", { class: "faint second" }, `${each.roomId} · no. ${each.sequence}`)] },
                  { name: "State", cell: (each) => pill(STATES[each.state] ?? each.state, TONES[each.state] ?? "neutral") },
                  { name: "To", cell: (each) => element("span", { class: "address", title: each.endPoint }, each.endPoint.replace(/^https:\/\//, "")) },
                  {
                    name: "Last answer",
                    kind: "wide",
                    cell: (each) => [
                      element("span", {}, answer(each)),
                      each.attempts > 1 && element("span", { class: "faint second" }, counted(each.attempts, "attempt", "attempts")),
                    ],
                  },
                  { name: "When", cell: (each) => when(each, now) },
                  { name: "Actions", kind: "actions", cell: (each) => element("span", { class: "row-actions" }, element("button", { class: "button", onclick: () => void resend(each) }, icon("again"), "Send again")) },
                ],
                data,
                (each) => String(each.id),
              ),
              pager(pageInfo, "webhooks", query),
            ),
      ];
    },
  };

  async function resend(delivery: Delivery): Promise<void> {
    try {
      await api.post(`/v2/webhooks/deliveries/${encodeURIComponent(String(delivery.id))}/redeliver`);
      tell("It is sent again");
      reload();
    } catch (error) {
      tell(inWords(error));
    }
  }

  function again(total: number): void {
    confirm("Send all dead deliveries again?", `${counted(total, "delivery is", "deliveries are")} put back into their queues, in order.`, "Send again", async () => {
      const { count: number } = await api.post<{ count: number }>("/v2/webhooks/redeliver", { state: "dead" });
      tell(`${counted(number, "delivery", "deliveries")} sent again`);
      reload();
    });
  }

  async function detail(delivery: Delivery): Promise<void> {
    let whole = delivery;
    let problem: string | null = null;
    try {
      whole = await api.fetched<Delivery>(`/v2/webhooks/deliveries/${encodeURIComponent(String(delivery.id))}`);
    } catch (error) {
      problem = inWords(error);
    }
    const facts: [string, Child][] = [
      ["State", pill(STATES[whole.state] ?? whole.state, TONES[whole.state] ?? "neutral")],
      ["To", whole.endPoint],
      ["Event", element("code", {}, whole.eventId)],
      ["Attempts", count(whole.attempts)],
      ["Created", time(whole.createdAt)],
      whole.deliveredAt ? ["Delivered", time(whole.deliveredAt)] : ["Next attempt", time(whole.nextAttemptAt)],
      ["Last answer", answer(whole)],
    ];
    const dialog = open(
      whole.type,
      problem && element("p", { class: "problem" }, problem),
      element("dl", { class: "list" }, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
      element("h3", {}, "Body"),
      element("pre", { tabindex: 0 }, pretty(whole.body)),
      element(
        "footer",
        { class: "dialog-foot" },
        whole.sessionId && element("a", { class: "button", href: link("sessions", whole.sessionId), onclick: () => dialog.close() }, "Go to the session"),
        element("button", { class: "button primary", onclick: () => void resend(whole).then(() => dialog.close()) }, "Send again"),
      ),
    );
  }

  /** The shared secret is shown only when it is asked for: others may see the screen. */
  async function verification(): Promise<void> {
    const place = element("div", {});
    const show = element("button", { class: "button", onclick: () => void reveal() }, "Show the secret");
    place.append(show);
    const reveal = async (): Promise<void> => {
      try {
        const { secret } = await api.fetched<{ secret: string }>("/v2/webhooks/secret");
        place.replaceChildren(copyable(secret, "Webhook secret"));
      } catch (error) {
        place.replaceChildren(element("p", { class: "problem" }, inWords(error)));
      }
    };
    let key: string | null = null;
    try {
      key = (await ifHere(api.fetched<{ publicKey: string }>("/v2/public/rsa-public-key")))?.publicKey ?? null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    open(
      "How to verify webhooks",
      element("p", {}, "Each is signed twice, over its exact body. Check one of the two before you believe it."),
      element("h3", {}, "webhook-signature"),
      element("p", { class: "faint" }, "HMAC-SHA256, with this secret, over id.timestamp.body."),
      place,
      element("h3", {}, "videosdk-signature"),
      element("p", { class: "faint" }, "RSA-SHA256, with this public key."),
      key ? element("pre", { tabindex: 0 }, key.trim()) : element("p", { class: "note" }, "Not available on this server."),
    );
  }
}

function answer(delivery: Delivery): string {
  const parts = [delivery.lastStatus === null ? "" : String(delivery.lastStatus), delivery.lastError ?? ""].filter(Boolean);
  return parts.join(" · ") || NOTHING;
}

function when(delivery: Delivery, now: number): Child {
  const next = delivery.state === "waiting" ? moment(delivery.nextAttemptAt) : null;
  const created = moment(delivery.createdAt) ?? now;
  return element(
    "span",
    {},
    relative(created, now),
    next !== null && element("span", { class: "faint second" }, next <= now ? "next: now" : `next: ${relative(next, now)}`),
  );
}

function time(text: string | null): string {
  const found = moment(text);
  return found === null ? NOTHING : dateTime(found);
}

function pretty(body: unknown): string {
  if (body === undefined) return "This server does not say.";
  if (typeof body !== "string") return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
