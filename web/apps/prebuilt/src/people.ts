import type { Meeting, Participant } from "@stoa/js-sdk";
import { element } from "./dom";
import { icon, IconName } from "./icons";
import { hue, initials } from "./identity";
import type { Rights } from "./rights";
import { shownName } from "./tile";
import { modeName } from "./words";

export interface PeopleActions {
  menu(opener: HTMLElement, participant: Participant): void;
  hasMenu(participant: Participant): boolean;
  invite(opener: HTMLElement): void;
  close(): void;
}

/** Rows on screen; the rest is counted. */
const SHOWN_LIMIT = 200;

/** Everybody in the room, beside the call. */
export class People {
  readonly view: HTMLElement;
  private readonly list: HTMLElement;
  private readonly title: HTMLElement;
  private readonly rest: HTMLElement;
  private readonly muteAll: HTMLButtonElement;
  private readonly closeButton: HTMLButtonElement;
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly meeting: Meeting,
    rights: Rights,
    private readonly actions: PeopleActions,
  ) {
    this.title = element("h2", {});
    this.closeButton = element(
      "button",
      { class: "plain", "aria-label": "Close people", title: "Close people (p)", onclick: actions.close },
      icon("close"),
    );
    this.list = element("ul", { class: "people-list", "data-testid": "people-list" });
    this.rest = element("p", { class: "people-rest", hidden: true });
    this.muteAll = element(
      "button",
      {
        type: "button",
        class: "small no",
        hidden: !rights.moderates,
        "data-testid": "mute-all",
        onclick: () => void this.meeting.disableAllMics().catch(() => {}),
      },
      icon("micOff"),
      "Mute everyone",
    );
    const invite = element(
      "button",
      { type: "button", class: "small no", "data-testid": "people-invite", "aria-haspopup": "menu" },
      icon("link"),
      "Invite",
    );
    invite.addEventListener("click", () => actions.invite(invite));
    this.view = element(
      "aside",
      { class: "side people", hidden: true, "aria-label": "People", "data-testid": "people" },
      element("header", {}, this.title, this.closeButton),
      element("div", { class: "people-actions" }, this.muteAll, invite),
      this.list,
      this.rest,
    );
  }

  focus(): void {
    this.closeButton.focus();
  }

  /** Brings the list up to date; costs nothing while it is closed. */
  refresh(): void {
    if (this.view.hidden) return;
    const { localParticipant, participants } = this.meeting;
    const everybody = [localParticipant, ...[...participants.values()].sort(byStageAndName)];
    this.title.textContent = `People (${everybody.length})`;
    this.muteAll.disabled = ![...participants.values()].some((one) => one.micOn);
    const shown = everybody.slice(0, SHOWN_LIMIT);
    const ids = new Set(shown.map((one) => one.id));
    for (const [id, row] of this.rows) {
      if (ids.has(id) && shown.includes(row.participant)) continue;
      row.view.remove();
      this.rows.delete(id);
    }
    shown.forEach((participant, index) => {
      let row = this.rows.get(participant.id);
      if (!row) this.rows.set(participant.id, (row = new Row(participant, this.actions)));
      row.refresh();
      // Rows that stay where they are keep the focus.
      const there = this.list.children[index];
      if (there !== row.view) this.list.insertBefore(row.view, there ?? null);
    });
    const hidden = everybody.length - shown.length;
    this.rest.hidden = hidden === 0;
    this.rest.textContent = `and ${hidden} more`;
  }
}

/** One person in the list. */
class Row {
  readonly view: HTMLElement;
  private readonly notes: HTMLElement;
  private readonly states: HTMLElement;
  private readonly more: HTMLButtonElement;

  constructor(readonly participant: Participant, private readonly actions: PeopleActions) {
    const name = shownName(participant);
    this.notes = element("span", { class: "people-notes" });
    this.states = element("span", { class: "people-states" });
    this.more = element(
      "button",
      {
        type: "button",
        class: "plain",
        "aria-label": `What to do with ${name}`,
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "data-testid": `person-menu-${participant.id}`,
        onclick: () => actions.menu(this.more, participant),
      },
      icon("more"),
    );
    this.view = element(
      "li",
      { class: "person", "data-testid": `person-${participant.id}` },
      element(
        "span",
        { class: `avatar hue-${hue(participant.id)}`, "aria-hidden": "true" },
        initials(participant.displayName),
      ),
      element("span", { class: "person-name" }, element("span", { class: "tile-name" }, name), this.notes),
      this.states,
      this.more,
    );
  }

  refresh(): void {
    const { participant } = this;
    const { cam, share } = participant.pinState;
    const notes = [modeName(participant.mode)];
    if (cam || share) notes.push("Pinned");
    if (participant.screenShareOn) notes.push("Sharing");
    if (participant.relayedFrom !== null) notes.push("From another room");
    const text = notes.filter((one) => one !== "").join(" · ");
    if (this.notes.textContent !== text) this.notes.textContent = text;
    const sends = participant.mode === "SEND_AND_RECV";
    const states: HTMLElement[] = [];
    if (sends) {
      states.push(
        state(participant.micOn ? "mic" : "micOff", "Microphone", participant.micOn),
        state(participant.webcamOn ? "camera" : "cameraOff", "Camera", participant.webcamOn),
      );
    }
    this.states.replaceChildren(...states);
    this.more.hidden = !this.actions.hasMenu(participant);
  }
}

function state(name: IconName, what: string, on: boolean): HTMLElement {
  const label = `${what} ${on ? "on" : "off"}`;
  return element("span", { class: on ? "state" : "state off", role: "img", "aria-label": label, title: label }, icon(name));
}

/** Those on stage first, then by name. */
function byStageAndName(one: Participant, other: Participant): number {
  const rank = (each: Participant): number => (each.mode === "SEND_AND_RECV" ? 0 : 1);
  return rank(one) - rank(other) || shownName(one).localeCompare(shownName(other));
}
