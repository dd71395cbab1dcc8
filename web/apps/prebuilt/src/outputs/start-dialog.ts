import type { Meeting } from "@stoa/js-sdk";
import { element } from "../dom";
import { inWords } from "../words";
import { configOf, OutputKind } from "./choices";
import { Destinations } from "./destinations";
import { openDialog } from "./dialog";
import { LookForm } from "./look-form";

const WORDS: Record<OutputKind, { title: string; lead: string; action: string; waiting: string }> = {
  recording: {
    title: "Record the meeting",
    lead: "Everybody in the meeting sees that it is being recorded.",
    action: "Start recording",
    waiting: "Starting…",
  },
  livestream: {
    title: "Go live",
    lead: "Send the meeting to one or more streaming services at the same time.",
    action: "Go live",
    waiting: "Starting…",
  },
  hls: {
    title: "Stream to viewers",
    lead: "Any number of people can watch on a page of this server, a few seconds later, and write in the chat.",
    action: "Start streaming",
    waiting: "Starting…",
  },
};

/** Asks how something is to be recorded or streamed, and begins it; stays open while that fails. */
export function startDialog(meeting: Meeting, kind: OutputKind): void {
  const words = WORDS[kind];
  const look = new LookForm(kind);
  const destinations = kind === "livestream" ? new Destinations() : null;
  const problem = element("p", { class: "problem", role: "alert", hidden: true, "data-testid": "start-problem" });
  const submit = element("button", { class: "primary", "data-testid": "start-output" }, words.action);
  const form = element(
    "form",
    {
      class: "dialog-form",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        void send();
      },
    },
    element("p", { class: "lead" }, words.lead),
    destinations?.view,
    destinations
      ? element("details", { class: "more-options" }, element("summary", {}, "Layout and quality"), look.view)
      : look.view,
    problem,
    element(
      "footer",
      { class: "dialog-foot" },
      element("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
      submit,
    ),
  );
  const dialog = openDialog(words.title, `${kind}-dialog`, form);
  if (destinations) destinations.focus();
  else submit.focus();

  async function send(): Promise<void> {
    const targets = destinations?.value();
    if (targets === null) return;
    const config = configOf(kind, look.value());
    submit.disabled = true;
    submit.textContent = words.waiting;
    problem.hidden = true;
    try {
      if (kind === "recording") await meeting.startRecording(null, null, config);
      else if (kind === "hls") await meeting.startHls(config);
      else await meeting.startLivestream(targets ?? [], config);
      dialog.close();
    } catch (error) {
      problem.textContent = inWords(error);
      problem.hidden = false;
      problem.scrollIntoView({ block: "nearest" });
    } finally {
      submit.disabled = false;
      submit.textContent = words.action;
    }
  }
}
