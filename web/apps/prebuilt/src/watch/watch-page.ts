import type { LeaveReason, Meeting } from "@stoa/js-sdk";
import { Activities } from "../activities/activities";
import { onThisOrigin } from "../addresses";
import { Banner } from "../banner";
import { Chat } from "../chat";
import { element } from "../dom";
import { icon, logo } from "../icons";
import { Reaction, REACTIONS, Reactions, reactionSign } from "../reactions";
import { inWords } from "../words";
import { PlayerView, StreamAddresses } from "./player-view";
import { isPlayable, Scene, sceneOf } from "./stage-state";

/** Seconds between two raised hands: one is enough. */
const HAND_REST = 10;

/** What a viewer of a meeting sees: the stream, the chat, and ways to be noticed. */
export class WatchPage {
  readonly view: HTMLElement;
  private readonly player: PlayerView;
  private readonly reactions: Reactions;
  private readonly chat: Chat;
  private readonly activities: Activities;
  private readonly tabs: { name: "chat" | "activities"; button: HTMLButtonElement; dot: HTMLElement }[];
  private readonly banner = new Banner();
  private readonly overlay: HTMLElement;
  private readonly count: HTMLElement;
  private readonly countNumber: HTMLElement;
  private readonly badge: HTMLElement;
  private readonly hand: HTMLButtonElement;
  private readonly voice: HTMLElement;
  private scene: Scene | null = null;
  /** What plays, or played: it can be seen once more when it is over. */
  private address: StreamAddresses | null = null;

  constructor(
    private readonly meeting: Meeting,
    private readonly actions: { onStage(): void; left(reason: LeaveReason): void },
  ) {
    this.reactions = new Reactions(meeting);
    this.overlay = element("div", { class: "player-overlay", "data-testid": "stream-scene" });
    this.voice = element("p", { class: "heard-only", role: "status", "aria-live": "polite" });
    this.player = new PlayerView(this.reactions.view, this.overlay);
    this.player.onchange = () => this.refresh();
    this.player.video.addEventListener("ended", () => this.refresh());
    this.countNumber = element("span", {});
    this.count = element(
      "span",
      { class: "viewer-count", "data-testid": "viewer-count" },
      icon("viewer"),
      this.countNumber,
    );
    this.badge = element(
      "span",
      { class: "on-air air-hls", hidden: true, "data-testid": "live-badge" },
      element("span", { class: "on-air-dot", "aria-hidden": "true" }),
      "LIVE",
    );
    this.chat = new Chat(meeting, () => this.news("chat"), () => {});
    this.activities = new Activities(meeting, {
      isHost: false,
      arrived: (words) => {
        this.banner.notice(words);
        this.news("activities");
      },
      failed: (error) => this.banner.warn(inWords(error)),
    });
    this.tabs = [this.tab("chat", "Chat"), this.tab("activities", "Polls and Q&A")];
    this.choose("chat");
    this.hand = element(
      "button",
      { type: "button", class: "small hand", "data-testid": "raise-hand", onclick: () => this.raiseHand() },
      icon("hand"),
      "Raise hand",
    );
    this.view = element(
      "main",
      { class: "watch" },
      element(
        "header",
        { class: "watch-head" },
        element("span", { class: "brand" }, logo(), element("span", { class: "brand-name" }, "Stoa")),
        element("span", { class: "watch-room", title: meeting.id }, meeting.id),
        element("span", { class: "spring" }),
        this.badge,
        this.count,
        element(
          "button",
          { type: "button", class: "small", "data-testid": "leave-button", onclick: () => void meeting.leave() },
          "Leave",
        ),
      ),
      this.banner.view,
      this.voice,
      element(
        "div",
        { class: "watch-area" },
        element(
          "section",
          { class: "watch-stage", "aria-label": "Stream" },
          this.player.view,
          element(
            "div",
            { class: "watch-bar", role: "group", "aria-label": "React" },
            ...(Object.keys(REACTIONS) as Reaction[]).map((each) => this.reactionButton(each)),
            element("span", { class: "spring" }),
            this.hand,
          ),
        ),
        element(
          "div",
          { class: "side watch-side" },
          element("div", { class: "side-tabs", role: "tablist" }, ...this.tabs.map(({ button }) => button)),
          this.chat.view,
          this.activities.view,
        ),
      ),
    );
    this.listen();
  }

  /** The meeting was joined. */
  open(): void {
    this.chat.open().catch((error: unknown) => this.banner.warn(inWords(error)));
    this.activities.open().catch((error: unknown) => this.banner.warn(inWords(error)));
    this.reactions.open().catch(() => {});
    this.streamChanged();
    this.counted();
  }

  key(key: string): boolean {
    return this.player.key(key);
  }

  private listen(): void {
    const { meeting } = this;
    meeting.on("hls-state-changed", () => this.streamChanged());
    for (const event of ["participant-joined", "participant-left", "participant-mode-changed"] as const) {
      meeting.on(event, () => this.counted());
    }
    meeting.on("participant-mode-changed", ({ participantId, mode }) => {
      if (participantId !== meeting.localParticipant.id || mode !== "SEND_AND_RECV") return;
      this.banner.offer("You are invited on stage", "Join with sound and picture", this.actions.onStage);
    });
    meeting.on("meeting-state-changed", ({ state }) => {
      if (state === "RECONNECTING") this.banner.state("The connection was lost. Reconnecting…");
      else if (state === "CONNECTED") this.banner.state(null);
    });
    meeting.on("error", (error) => {
      console.warn(`${error.code} ${error.name}: ${error.message}`);
      if (error.code !== 5003) this.banner.warn(inWords(error));
    });
    meeting.on("meeting-left", (reason) => {
      this.player.close();
      this.banner.close();
      this.actions.left(reason);
    });
  }

  private tab(name: "chat" | "activities", label: string): (typeof this.tabs)[number] {
    const dot = element("span", { class: "dot", role: "img", "aria-label": "new", hidden: true });
    const button = element(
      "button",
      { type: "button", class: "side-tab", role: "tab", "data-testid": `${name}-tab`, onclick: () => this.choose(name) },
      label,
      dot,
    );
    return { name, button, dot };
  }

  private choose(chosen: "chat" | "activities"): void {
    for (const { name, button, dot } of this.tabs) {
      button.setAttribute("aria-selected", String(name === chosen));
      if (name === chosen) dot.hidden = true;
    }
    this.chat.view.hidden = chosen !== "chat";
    this.activities.view.hidden = chosen !== "activities";
  }

  /** A dot at a tab that is not open. */
  private news(of: "chat" | "activities"): void {
    const tab = this.tabs.find(({ name }) => name === of);
    if (tab && tab.button.getAttribute("aria-selected") !== "true") tab.dot.hidden = false;
  }

  private streamChanged(): void {
    const { hlsState, hlsUrls } = this.meeting;
    const told = hlsUrls.playbackHlsUrl ?? hlsUrls.livestreamUrl;
    const playback = told && onThisOrigin(told);
    const live = hlsUrls.livestreamUrl && onThisOrigin(hlsUrls.livestreamUrl);
    // Another stream than the one before, or the first one.
    if (isPlayable(hlsState) && playback && playback !== this.address?.playback) {
      this.address = { playback, live: live === playback ? null : live };
      this.player.open(this.address);
    } else if ((hlsState === "HLS_STARTING" || hlsState === "HLS_STARTED") && this.scene === "ended") {
      this.player.stop();
      this.address = null;
    }
    this.refresh();
  }

  private refresh(): void {
    const { hlsState } = this.meeting;
    const { video, isStarved, state } = this.player;
    const scene = sceneOf(hlsState, state, { ended: video.ended, isStarved });
    this.badge.hidden = !isPlayable(hlsState) || hlsState === "HLS_STOPPING";
    if (scene === this.scene) return;
    this.scene = scene;
    this.overlay.className = `player-overlay ${scene}`;
    this.overlay.hidden = scene === "playing";
    this.player.cover(scene !== "playing" && scene !== "waiting");
    const content = this.sceneContent(scene);
    this.overlay.replaceChildren(...content);
    // The picture goes on behind what is only a pause.
    const said = this.overlay.textContent ?? "";
    if (scene !== "waiting") this.voice.textContent = scene === "playing" ? "" : said;
  }

  private sceneContent(scene: Scene): Node[] {
    const words = (title: string, text: string): Node[] => [element("h1", {}, title), element("p", {}, text)];
    const button = (label: string, test: string, run: () => void): HTMLElement =>
      element("button", { type: "button", class: "primary", "data-testid": test, onclick: run }, label);
    const address = this.address;
    switch (scene) {
      case "before":
        return [waves(), ...words("The stream begins soon", "It starts here by itself. You can already write in the chat.")];
      case "soon":
        return [waves(), ...words("The stream begins in a moment", "The first pictures are on their way.")];
      case "waiting":
        return [element("span", { class: "spinner", role: "img", "aria-label": "Loading" })];
      case "ended":
        return [
          ...words("The stream has ended", "Thank you for watching. The chat goes on as long as the meeting."),
          ...(address ? [button("Watch it again", "watch-again", () => this.again(address))] : []),
        ];
      case "failed":
        return [
          icon("alert"),
          ...words("The stream cannot be played", "Your browser or network does not play it. Try again, or open this page in another browser."),
          ...(address ? [button("Try again", "try-again", () => this.again(address))] : []),
        ];
      case "playing":
        return [];
    }
  }

  private again(address: StreamAddresses): void {
    this.scene = null;
    const { state } = this.player;
    // What was loaded is still there.
    if (state?.phase === "ready" && !state.isLive) this.player.key("k");
    else this.player.open(address);
    this.refresh();
  }

  private counted(): void {
    const { participants, localParticipant } = this.meeting;
    const viewers = [localParticipant, ...participants.values()].filter(({ mode }) => mode !== "SEND_AND_RECV").length;
    const text = viewers === 1 ? "1 watching" : `${viewers.toLocaleString()} watching`;
    this.countNumber.textContent = text;
    this.count.title = text;
  }

  private reactionButton(reaction: Reaction): HTMLElement {
    const name = REACTIONS[reaction];
    return element(
      "button",
      {
        type: "button",
        class: "reaction-button",
        "aria-label": name,
        title: name,
        "data-testid": `react-${reaction}`,
        onclick: () => void this.reactions.send(reaction).catch((error: unknown) => this.banner.warn(inWords(error))),
      },
      reactionSign(reaction),
    );
  }

  private raiseHand(): void {
    this.hand.disabled = true;
    this.meeting.pubSub
      .publish("RAISE_HAND", "Raise Hand")
      .then(() => this.banner.notice("The people on stage see that you raised your hand"))
      .catch((error: unknown) => this.banner.warn(inWords(error)));
    setTimeout(() => (this.hand.disabled = false), HAND_REST * 1_000);
  }
}

/** Three rings that grow: something is going to happen here. */
function waves(): HTMLElement {
  return element("span", { class: "waves", "aria-hidden": "true" }, element("i", {}), element("i", {}), element("i", {}));
}
