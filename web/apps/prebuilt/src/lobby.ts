import type { EntryRequest, Meeting } from "@stoa/js-sdk";
import { element } from "./dom";
import { promptRow, Prompts } from "./prompts";

/** Guests on screen; what is more is counted. */
const SHOWN_LIMIT = 50;

/** The guests who wait, for those who may let them in. */
export class Lobby {
  readonly view: HTMLElement;
  private readonly guests = new Map<string, EntryRequest>();
  private readonly rows: HTMLElement;
  private readonly title: HTMLElement;
  private readonly all: HTMLButtonElement;

  constructor(
    meeting: Meeting,
    private readonly prompts: Prompts,
    private readonly told: (text: string) => void,
  ) {
    this.title = element("h2", {});
    this.all = element(
      "button",
      { type: "button", class: "text-button", "data-testid": "admit-all", onclick: () => this.admitAll() },
      "Admit all",
    );
    this.rows = element("div", { class: "prompt-rows" });
    this.view = element(
      "div",
      { class: "prompt", role: "group", "aria-label": "Waiting guests", hidden: true, "data-testid": "lobby" },
      element("header", {}, this.title, this.all),
      this.rows,
    );
    meeting.on("entry-requested", (request) => {
      const isNew = !this.guests.has(request.participantId);
      this.guests.set(request.participantId, request);
      this.refresh();
      if (isNew) prompts.announce(`${nameOf(request)} is waiting to be let in. Press L to answer.`);
    });
    meeting.on("entry-withdrawn", (participantId) => {
      const guest = this.take(participantId);
      if (guest) prompts.announce(`${nameOf(guest)} is no longer waiting`);
    });
    meeting.on("entry-responded", (participantId, decision, respondedBy) => {
      const guest = this.take(participantId);
      if (!guest || respondedBy === meeting.localParticipant.id) return;
      const by = (respondedBy && meeting.participants.get(respondedBy)?.displayName) || "Somebody";
      this.told(`${by} ${decision === "allowed" ? "let" : "did not let"} ${nameOf(guest)} in`);
    });
    // After a new join the server tells anew who waits; after a switch others wait.
    meeting.on("meeting-state-changed", ({ state }) => {
      if (state === "RECONNECTING") this.clear();
    });
    meeting.on("meeting-joined", () => this.clear());
  }

  private clear(): void {
    this.guests.clear();
    this.refresh();
  }

  private take(participantId: string): EntryRequest | undefined {
    const guest = this.guests.get(participantId);
    if (guest && this.guests.delete(participantId)) this.refresh();
    return guest;
  }

  private answer(guest: EntryRequest, allowed: boolean): void {
    const focused = this.view.contains(document.activeElement);
    this.take(guest.participantId);
    (allowed ? guest.allow() : guest.deny()).catch(() => {}); // the meeting tells what went wrong
    if (focused) this.prompts.focus();
  }

  private admitAll(): void {
    for (const guest of [...this.guests.values()]) this.answer(guest, true);
  }

  private refresh(): void {
    const count = this.guests.size;
    this.view.hidden = count === 0;
    this.all.hidden = count < 2;
    this.title.textContent = count > 1 ? `${count} people are waiting` : "Somebody is waiting";
    const shown = [...this.guests.values()].slice(0, SHOWN_LIMIT);
    const keep = (document.activeElement as HTMLElement | null)?.dataset.testid;
    this.rows.replaceChildren(...shown.map((guest) => this.row(guest)));
    // A list made anew takes the focus off the button it was on.
    if (keep && document.activeElement === document.body) {
      this.rows.querySelector<HTMLElement>(`[data-testid="${CSS.escape(keep)}"]`)?.focus();
    }
  }

  private row(guest: EntryRequest): HTMLElement {
    const name = nameOf(guest);
    const id = guest.participantId;
    const button = (label: string, kind: string, allowed: boolean): HTMLElement =>
      element(
        "button",
        {
          type: "button",
          class: `small ${kind}`,
          "aria-label": `${label} ${name}`,
          "data-testid": `${label.toLowerCase()}-${id}`,
          onclick: () => this.answer(guest, allowed),
        },
        label,
      );
    return promptRow({ id, name }, name, button("Deny", "no", false), button("Admit", "yes", true));
  }
}

function nameOf(guest: EntryRequest): string {
  return guest.name.trim() || "Guest";
}
