import type { Participant } from "@stoa/js-sdk";
import type { MenuItem } from "./menu";
import type { Rights } from "./rights";

/** What may be done to a participant, by somebody with `rights`; errors are told elsewhere. */
export function participantMenu(participant: Participant, rights: Rights): MenuItem[] {
  const items: MenuItem[] = [];
  const add = (
    name: string,
    label: string,
    icon: MenuItem["icon"],
    run: () => Promise<void>,
    danger = false,
  ): void => {
    items.push({ name, label, icon, danger, run: () => void run().catch(() => {}) });
  };
  const onStage = participant.mode === "SEND_AND_RECV";
  const { local } = participant;
  const present = participant.relayedFrom === null;

  if (rights.moderates && !local && onStage && present) {
    if (participant.micOn) add("mute", "Mute", "micOff", () => participant.disableMic());
    else add("ask-mic", "Ask to unmute", "mic", () => participant.enableMic());
    if (participant.webcamOn) {
      add("stop-camera", "Stop camera", "cameraOff", () => participant.disableWebcam());
    } else add("ask-camera", "Ask to turn camera on", "camera", () => participant.enableWebcam());
    if (participant.screenShareOn) {
      add("stop-share", "Stop screen share", "share", () => participant.disableScreenShare());
    }
  }
  if (rights.moderates || (local && onStage)) {
    const { cam, share } = participant.pinState;
    if (cam || share) add("unpin", "Unpin for everyone", "unpin", () => participant.unpin());
    else if (onStage) add("pin", "Pin for everyone", "pin", () => participant.pin());
  }
  if ((rights.moderates || local) && present) {
    if (onStage) {
      const label = local ? "Become a viewer" : "Make viewer";
      add("make-viewer", label, "viewer", () => participant.changeMode("RECV_ONLY"));
    } else {
      const label = local ? "Go on stage" : "Bring on stage";
      add("bring-on-stage", label, "stage", () => participant.changeMode("SEND_AND_RECV"));
    }
  }
  if (rights.moderates && !local && present) {
    add("remove", "Remove from meeting", "remove", () => participant.remove(), true);
  }
  return items;
}
