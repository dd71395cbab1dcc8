import { LeaveReason, Meeting, VideoSDK } from "@stoa/js-sdk";
import { AccessError, developmentToken, readInvitation } from "../access";
import { leftScreen } from "../left";
import { recall, remember } from "../memory";
import { Waiting } from "../waiting";
import { farewell, inWords, notLetIn } from "../words";
import { Entry } from "./entry";
import { WatchPage } from "./watch-page";

const app = document.getElementById("app")!;
const invitation = readInvitation(location.href);
/** What holds now: keys go to it. */
let screen: { key(key: string): boolean } | null = null;

function showEntry(problem?: string): Entry {
  const entry = new Entry({ name: invitation.name || recall("name"), room: invitation.room }, (choice) => {
    void watch(choice, entry);
  });
  screen = null;
  app.replaceChildren(entry.view);
  document.title = "Watch – Stoa";
  if (problem) entry.fail(problem);
  entry.focus();
  return entry;
}

async function watch({ name, room }: { name: string; room: string }, entry: Entry): Promise<void> {
  entry.busy(true);
  remember("name", name);
  invitation.name = name;
  invitation.room = room;
  let waiting: Waiting | null = null;
  let page: WatchPage | null = null;
  let isGivenUp = false;
  try {
    VideoSDK.config(invitation.token || (await developmentToken(invitation.permissions)));
    const meeting = VideoSDK.initMeeting({
      meetingId: room,
      name,
      mode: "SIGNALLING_ONLY",
      micEnabled: false,
      webcamEnabled: false,
    });
    (window as { stoaMeeting?: Meeting }).stoaMeeting = meeting;
    meeting.on("entry-waiting", () => {
      if (page || waiting) return;
      waiting = new Waiting(name, null, () => {
        isGivenUp = true;
        void meeting.leave();
      });
      screen = waiting;
      app.replaceChildren(waiting.view);
      waiting.focus();
    });
    meeting.on("meeting-joined", () => {
      if (page) return;
      page = new WatchPage(meeting, { onStage: () => goOnStage(meeting), left: showLeft });
      screen = page;
      app.replaceChildren(page.view);
      document.title = `${meeting.id} – Stoa`;
      page.open();
    });
    await meeting.join();
  } catch (error) {
    if (page) return;
    const words = error instanceof AccessError ? error.message : inWords(error);
    if (!waiting) return entry.fail(words);
    if (isGivenUp) return void showEntry();
    const { title, text } = notLetIn((error as { code?: unknown }).code);
    showEnd({ title, text, again: "Ask again" });
  }
}

/** A viewer brought on stage goes on as one of the people in the call. */
function goOnStage(meeting: Meeting): void {
  const address = new URL(location.href);
  address.pathname = "/";
  address.searchParams.set("room", meeting.id);
  address.searchParams.set("name", invitation.name);
  void meeting.leave();
  location.assign(address);
}

function showLeft(reason: LeaveReason): void {
  showEnd({ ...farewell(reason), again: "Watch again" });
}

function showEnd(words: { title: string; text: string; again: string }): void {
  screen = null;
  document.title = "Stoa";
  app.replaceChildren(
    leftScreen(words, {
      rejoin: () => void showEntry(),
      startOver: () => location.assign("/"),
    }),
  );
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (target.matches("input:not([type=range]), textarea, select")) return;
  // A button is pressed by the space bar, a list is scrolled by the arrows.
  if (event.defaultPrevented || (event.key === " " && target.matches("button, a"))) return;
  if (/^Arrow|^Home$|^End$/.test(event.key) && target.closest(".chat-log, [role=menu]")) return;
  if (screen?.key(event.key)) event.preventDefault();
});

const entry = showEntry();
// Who comes with a name and a room, from an application that knows both, need not be asked.
if (invitation.token && invitation.name && invitation.room) void watch({ name: invitation.name, room: invitation.room }, entry);
