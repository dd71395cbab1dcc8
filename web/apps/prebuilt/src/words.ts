import type { LeaveReason, Mode, StreamKind } from "@stoa/js-sdk";

interface Coded {
  code?: unknown;
  message?: unknown;
}

/** What an error means to the person in front of the screen. */
export function inWords(reason: unknown): string {
  const { code, message } = (reason ?? {}) as Coded;
  switch (code) {
    case 4001:
    case 4002:
      return "The invitation is not valid any more: its token was refused. Ask for a new link.";
    case 4003:
      return "There is no such room. Check the room id, or leave it empty to start a new one.";
    case 4008:
    case 4101:
      return "You are not allowed to do this.";
    case 4102:
      return "You were not let in.";
    case 4009:
      return "The room is full.";
    case 4011:
      return explained("The recording could not be started. Try again.", message);
    case 4012:
      return "Nothing is being recorded.";
    case 4013:
      return explained("The livestream could not be started. Check the addresses and keys, and try again.", message);
    case 4014:
      return "There is no livestream.";
    case 4015:
      return explained("A destination of the livestream is not valid. Check its address and key.", message);
    case 4016:
      return explained("The stream to viewers could not be started. Try again.", message);
    case 4017:
      return "There is no stream to viewers.";
    case 4018:
      return "A recording goes on, or is still being finished. Try again in a moment.";
    case 4019:
      return "A livestream goes on, or is still being ended. Try again in a moment.";
    case 4020:
      return "A stream to viewers goes on, or is still being ended. Try again in a moment.";
    case 4028:
    case 4029:
    case 4030:
      return "This server does as many recordings and streams as it may. Try again later.";
    case 5001:
      return explained("The recording broke off. What was recorded until then is kept.", message);
    case 5002:
      return explained("The livestream broke off: a streaming service refused it or went away.", message);
    case 5003:
      return explained("The stream to viewers broke off. You can start it again.", message);
    case 4503:
      return "No connection for sound and picture yet. Trying again…";
    case 1102:
    case 1103:
      return "The server cannot be reached. Check your connection and try again.";
    case 3015:
    case 3018:
      return "The browser was not allowed to use the microphone. Allow it in the address bar, then try again.";
    case 3014:
    case 3017:
      return "The browser was not allowed to use the camera. Allow it in the address bar, then try again.";
    case 3016:
      return "The screen was not shared.";
    case 3019:
      return "The system does not let this browser use the camera. Check its privacy settings.";
    case 3020:
      return "The system does not let this browser use the microphone. Check its privacy settings.";
    case 3021:
      return "No camera was found. You can join without one.";
    case 3022:
      return "No microphone was found. You can join without one and listen.";
    case 3023:
      return "The camera is used by another program. Close that program and try again.";
    case 3024:
      return "The microphone is used by another program. Close that program and try again.";
    case 3027:
      return "The camera stopped. Was it unplugged?";
    case 3028:
      return "The microphone stopped. Was it unplugged?";
    case 3033:
    case 3034:
      return "Cameras and microphones work on secure pages only: open this page with https.";
    default:
      return typeof message === "string" && message !== "" ? message : "Something went wrong.";
  }
}

/** With what the server says of it, if that is more than the name of the error. */
function explained(text: string, message: unknown): string {
  if (typeof message !== "string" || !/\s/.test(message) || message.length > 200) return text;
  return /could not be started|broke off/.test(message) ? text : `${text} (${message})`;
}

/** Title and explanation of the screen after a call. */
export function farewell(reason: LeaveReason | null): { title: string; text: string } {
  switch (reason?.code) {
    case 1002:
    case 1010:
      return { title: "You were removed", text: "Somebody removed you from the meeting." };
    case 1006:
    case 1009:
      return { title: "The meeting has ended", text: "It was ended for everyone." };
    case 1011:
      return {
        title: "You joined from somewhere else",
        text: "The meeting goes on in the other window or device.",
      };
    case 1101:
      return { title: "You left the meeting", text: "The others can go on without you." };
    case 1103:
      return { title: "The meeting could not be continued", text: "The server did not let you back in." };
    default:
      return { title: "The meeting is over for you", text: "The connection was ended." };
  }
}

/** How a participant takes part, if it is not with sound and picture. */
export function modeName(mode: Mode): string {
  switch (mode) {
    case "SEND_AND_RECV":
      return "";
    case "RECV_ONLY":
      return "Viewer";
    case "SIGNALLING_ONLY":
      return "Chat only";
  }
}

/** What was switched off by somebody else. */
export function switchedOff(kind: StreamKind, by: string): string {
  switch (kind) {
    case "audio":
      return `${by} turned your microphone off.`;
    case "video":
      return `${by} turned your camera off.`;
    case "share":
    case "shareAudio":
      return `${by} ended your screen share.`;
  }
}

/** The screen of a guest who was not let in. */
export function notLetIn(code: unknown): { title: string; text: string } {
  return code === 4003
    ? { title: "The meeting has ended", text: "It was over before somebody let you in." }
    : { title: "You were not let in", text: "Somebody in the meeting declined your request." };
}
