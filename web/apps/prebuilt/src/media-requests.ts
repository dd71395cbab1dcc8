import type { MediaRequest, Meeting } from "@stoa/js-sdk";
import { element } from "./dom";
import { promptRow, Prompts } from "./prompts";

/** “Ann asks you to unmute”, with the two answers there are. */
export class MediaRequests {
  private readonly shown = new Map<"audio" | "video", HTMLElement>();

  constructor(private readonly meeting: Meeting, private readonly prompts: Prompts) {
    meeting.on("mic-requested", (request) => this.ask("audio", request));
    meeting.on("webcam-requested", (request) => this.ask("video", request));
    // Whoever switched it on without the card has answered as well.
    meeting.localParticipant.on("media-status-changed", ({ kind, newStatus }) => {
      if (newStatus && (kind === "audio" || kind === "video")) this.close(kind);
    });
    meeting.on("participant-mode-changed", ({ participantId }) => {
      if (participantId === meeting.localParticipant.id) this.closeAll();
    });
    meeting.on("meeting-joined", () => this.closeAll());
  }

  private ask(kind: "audio" | "video", request: MediaRequest): void {
    const { localParticipant, participants } = this.meeting;
    if (kind === "audio" ? localParticipant.micOn : localParticipant.webcamOn) return;
    this.close(kind); // one card for each kind: the last who asked
    const id = request.participantId;
    const name = participants.get(id)?.displayName.trim() || "Somebody";
    const text = `${name} asks you to ${kind === "audio" ? "unmute" : "turn your camera on"}`;
    const button = (label: string, style: string, run: () => Promise<void>): HTMLElement =>
      element(
        "button",
        {
          type: "button",
          class: `small ${style}`,
          "data-testid": `${label.toLowerCase()}-${kind}`,
          onclick: () => {
            this.close(kind);
            run().catch(() => {});
          },
        },
        label,
      );
    const card = element(
      "div",
      { class: "prompt", role: "group", "aria-label": text, "data-testid": `request-${kind}` },
      promptRow(
        { id, name },
        text,
        button("Decline", "no", () => request.reject()),
        button("Accept", "yes", () => request.accept()),
      ),
    );
    this.shown.set(kind, card);
    this.prompts.add(card);
    this.prompts.announce(`${text}. Press L to answer.`);
  }

  private close(kind: "audio" | "video"): void {
    this.shown.get(kind)?.remove();
    this.shown.delete(kind);
  }

  private closeAll(): void {
    this.close("audio");
    this.close("video");
  }
}
