import { LeaveReason, Meeting, VideoSDK } from "@stoa/js-sdk";
import type { Mode } from "@stoa/js-sdk";
import { AccessError, developmentToken, newRoom, readInvitation, viewersPage } from "./access";
import { Call } from "./call";
import { leftScreen } from "./left";
import { recall, remember } from "./memory";
import { Choice, PreJoin } from "./prejoin";
import { rightsOf } from "./rights";
import { Waiting } from "./waiting";
import { farewell, inWords, notLetIn } from "./words";

const app = document.getElementById("app")!;
const invitation = readInvitation(location.href);
/** What holds now: keys go to it. */
let screen: { key(key: string): boolean } | null = null;
/** Asked for while the person looks at the preview, so that joining need not wait for it. */
let prepared: Promise<string> | null = null;

function token(): Promise<string> {
  if (invitation.token) return Promise.resolve(invitation.token);
  if (!prepared) {
    prepared = developmentToken(invitation.permissions);
    prepared.catch(() => (prepared = null)); // asked again at the next try
  }
  return prepared;
}

function showPreJoin(room: string, problem?: string): void {
  const preJoin = new PreJoin({ name: invitation.name || recall("name"), room }, (choice) => {
    void join(preJoin, choice);
  });
  returnTo(preJoin);
  if (problem) preJoin.fail(problem);
  token().then(
    (pass) => {
      if (rightsOf(pass).asks) preJoin.needsEntry();
    },
    (error: unknown) => preJoin.fail(inWords(error)),
  );
}

function returnTo(preJoin: PreJoin): void {
  screen = preJoin;
  app.replaceChildren(preJoin.view);
  document.title = "Stoa";
  preJoin.focus();
}

async function join(preJoin: PreJoin, { name, room, preview }: Choice): Promise<void> {
  preJoin.busy(true);
  remember("name", name);
  invitation.name = name;
  let meeting: Meeting | null = null;
  const shown = { waiting: null as Waiting | null, call: null as Call | null, isGivenUp: false };
  try {
    const pass = await token();
    const meetingId = room || (await newRoom(pass));
    VideoSDK.config(pass);
    const on = { audio: preview.isOn("audio"), video: preview.isOn("video") };
    const streams = preview.streams;
    meeting = VideoSDK.initMeeting({
      meetingId,
      name,
      micEnabled: on.audio,
      webcamEnabled: on.video,
      customMicrophoneAudioTrack: on.audio ? streams.audio : null,
      customCameraVideoTrack: on.video ? streams.video : null,
      ...(invitation.mode ? { mode: invitation.mode as Mode } : {}),
    });
    const { audio, video } = preview.chosen;
    if (audio) meeting.selectedMicrophoneDevice = { deviceId: audio, label: "" };
    if (video) meeting.selectedCameraDevice = { deviceId: video, label: "" };
    (window as { stoaMeeting?: Meeting }).stoaMeeting = meeting;
    const joining = meeting;
    joining.on("entry-waiting", () => {
      if (shown.call || shown.waiting) return;
      const camera = on.video ? streams.video?.getVideoTracks()[0] ?? null : null;
      const waiting = new Waiting(name, camera, () => {
        shown.isGivenUp = true;
        void joining.leave();
      });
      shown.waiting = waiting;
      screen = waiting;
      app.replaceChildren(waiting.view);
      document.title = "Waiting – Stoa";
      waiting.focus();
    });
    joining.on("meeting-joined", () => {
      if (!shown.call) {
        const call = new Call(
          joining,
          { rights: rightsOf(pass), token, offersLobby: invitation.token === "" },
          (reason) => showLeft(joining.id, reason),
        );
        preview.take(); // they are the meeting's now
        preJoin.close();
        shown.waiting?.close();
        screen = shown.call = call;
        app.replaceChildren(call.view);
      }
      shown.call.open();
      rememberRoom(joining.id);
    });
    await meeting.join();
  } catch (error) {
    const { waiting, call, isGivenUp } = shown;
    if (call) return;
    waiting?.close();
    if (waiting && !isGivenUp) return showNotLetIn(preJoin, error);
    if (waiting) returnTo(preJoin);
    // The meeting stopped the streams it was given: the preview opens them again.
    if (meeting) preJoin.reopen();
    if (!isGivenUp) preJoin.fail(error instanceof AccessError ? error.message : inWords(error));
  }
}

function showNotLetIn(preJoin: PreJoin, error: unknown): void {
  const { code } = error as { code?: unknown };
  const words = notLetIn(code);
  const again = (): void => {
    returnTo(preJoin);
    preJoin.reopen();
  };
  showEnd({ ...words, again: code === 4003 ? "Back" : "Ask again" }, again, () => preJoin.close());
}

function showLeft(room: string, reason: LeaveReason | null): void {
  showEnd({ ...farewell(reason), again: "Rejoin" }, () => showPreJoin(room));
}

function showEnd(
  words: { title: string; text: string; again: string },
  rejoin: () => void,
  leave = (): void => {},
): void {
  const view = leftScreen(words, {
    rejoin,
    startOver: () => {
      leave();
      history.replaceState(null, "", location.pathname);
      invitation.permissions = [];
      prepared = null;
      showPreJoin("");
    },
  });
  screen = null;
  document.title = "Stoa";
  app.replaceChildren(view);
}

/** The address then leads back here: for a reload, and for others who are sent it. */
function rememberRoom(room: string): void {
  const address = new URL(location.href);
  address.searchParams.delete("meetingId");
  address.searchParams.set("room", room);
  history.replaceState(null, "", address);
  document.title = `${room} – Stoa`;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const target = event.target as HTMLElement;
  const typing = target.matches("input, textarea, select") || target.closest("dialog") !== null;
  if (typing && event.key !== "Escape") return;
  if (screen?.key(event.key)) event.preventDefault();
});

const elsewhere = viewersPage(location.href);
if (elsewhere) location.replace(elsewhere);
else showPreJoin(invitation.room);
// The first connection of a page starts threads and codecs; better now than between the click and
// the first picture.
setTimeout(() => new RTCPeerConnection().close(), 300);
