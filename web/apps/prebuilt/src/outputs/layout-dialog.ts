import type { Meeting } from "@stoa/js-sdk";
import { element } from "../dom";
import { inWords } from "../words";
import { choiceRow, LAYOUT_HINTS, LAYOUTS } from "./choice-row";
import { layoutOf, Look, OutputKind } from "./choices";
import { openDialog } from "./dialog";

/** The topics in which the server is told the layout of what goes on. */
const TOPICS: Record<OutputKind, string> = {
  recording: "RECORDING_LAYOUT",
  livestream: "LIVE_STREAM_LAYOUT",
  hls: "HLS_LAYOUT",
};
const NAMES: Record<OutputKind, string> = { recording: "Recording", livestream: "Livestream", hls: "Stream to viewers" };

/** Lets the layout of what is being recorded or streamed be changed; a choice holds from the next picture on. */
export function layoutDialog(meeting: Meeting, kinds: readonly OutputKind[]): void {
  const hint = element("p", { class: "form-hint" });
  const problem = element("p", { class: "problem", role: "alert", hidden: true });

  async function change(kind: OutputKind, layout: Look["layout"]): Promise<void> {
    hint.textContent = LAYOUT_HINTS[layout];
    problem.hidden = true;
    try {
      await meeting.pubSub.publish(TOPICS[kind], JSON.stringify(layoutOf(layout)), { persist: true });
    } catch (error) {
      problem.textContent = inWords(error);
      problem.hidden = false;
    }
  }

  const dialog = openDialog(
    "Change the layout",
    "layout-dialog",
    element(
      "div",
      { class: "dialog-form" },
      element("p", { class: "lead" }, "The picture changes at once; the recording or stream goes on."),
      element(
        "div",
        { class: "look-parts" },
        ...kinds.map((kind) =>
          choiceRow(NAMES[kind], "layout", kind, LAYOUTS, null, (layout) => void change(kind, layout)),
        ),
        hint,
      ),
      problem,
      element(
        "footer",
        { class: "dialog-foot" },
        element("button", { type: "button", class: "primary", onclick: () => dialog.close() }, "Done"),
      ),
    ),
  );
}
