import { LeaveReason, Meeting, VideoSDK } from "@stoa/js-sdk";
import { AccessError, developmentToken, newRoom, readInvitation } from "./access";
import { Call } from "./call";
import { leftScreen } from "./left";
import { recall, remember } from "./memory";
import { Choice, PreJoin } from "./prejoin";
import { inWords } from "./words";

const app = document.getElementById("app")!;
const invitation = readInvitation(location.href);
/** What holds now: keys go to it. */
let screen: { key(key: string): boolean } | null = null;
/** Asked for while the person looks at the preview, so that joining need not wait for it. */
let prepared: Promise<string> | null = null;

function token(): Promise<string> {
  if (invitation.token) return Promise.resolve(invitation.token);
  if (!prepared) {
    prepared = developmentToken();
    prepared.catch(() => (prepared = null)); // asked again at the next try
  }
  return prepared;
}

function showPreJoin(room: string, problem?: string): void {
  const preJoin = new PreJoin({ name: invitation.name || recall("name"), room }, (choice) => {
    void join(preJoin, choice);
  });
  screen = preJoin;
  app.replaceChildren(preJoin.view);
  document.title = "Stoa";
  preJoin.focus();
  if (problem) preJoin.fail(problem);
  token().catch((error: unknown) => preJoin.fail(inWords(error)));
}

async function join(preJoin: PreJoin, { name, room, preview }: Choice): Promise<void> {
  preJoin.busy(true);
  remember("name", name);
  invitation.name = name;
  let meeting: Meeting | null = null;
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
    });
    const { audio, video } = preview.chosen;
    if (audio) meeting.selectedMicrophoneDevice = { deviceId: audio, label: "" };
    if (video) meeting.selectedCameraDevice = { deviceId: video, label: "" };
    (window as { stoaMeeting?: Meeting }).stoaMeeting = meeting;
    const joining = meeting;
    joining.on("meeting-joined", () => {
      const call = new Call(joining, (reason) => showLeft(meetingId, reason));
      preview.take(); // they are the meeting's now
      preJoin.close();
      screen = call;
      app.replaceChildren(call.view);
      call.open();
      rememberRoom(meetingId);
    });
    await meeting.join();
  } catch (error) {
    // The meeting stopped the streams it was given: the preview opens them again.
    if (!preJoin.view.isConnected) return;
    if (meeting) preview.open();
    preJoin.fail(error instanceof AccessError ? error.message : inWords(error));
  }
}

function showLeft(room: string, reason: LeaveReason | null): void {
  const view = leftScreen(reason, {
    rejoin: () => showPreJoin(room),
    startOver: () => {
      history.replaceState(null, "", location.pathname);
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

showPreJoin(invitation.room);
// The first connection of a page starts threads and codecs; better now than between the click and
// the first picture.
setTimeout(() => new RTCPeerConnection().close(), 300);
