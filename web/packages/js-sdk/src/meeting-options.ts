import { sdkError, VideoSDKError } from "./errors";
import { Mode } from "./messages";
import { VideoCodec } from "./peer-transport";

/** Parameters of `VideoSDK.initMeeting`. */
export interface MeetingParameters {
  meetingId: string;
  name: string;
  /** Made up (8 characters) when absent, unless the token names one. */
  participantId?: string;
  micEnabled?: boolean;
  webcamEnabled?: boolean;
  /** Size of the camera picture when no track is given: `sd` is 640×360, `hd` 1280×720. */
  maxResolution?: "sd" | "hd";
  /** Send the camera in several sizes, so that each receiver gets the one it needs. */
  multiStream?: boolean;
  customCameraVideoTrack?: MediaStream | null;
  customMicrophoneAudioTrack?: MediaStream | null;
  mode?: Mode | "CONFERENCE" | "VIEWER";
  metaData?: object;
  /** Preferred camera codec; VP8 is understood by every browser. */
  codec?: VideoCodec;
  serverUrl?: string;
  /** In place of the one given to `VideoSDK.config`. */
  token?: string;
}

/** The parameters with every choice made. */
export interface MeetingOptions {
  meetingId: string;
  name: string;
  participantId: string;
  micEnabled: boolean;
  webcamEnabled: boolean;
  maxResolution: "sd" | "hd";
  multiStream: boolean;
  camera: MediaStream | null;
  microphone: MediaStream | null;
  mode: Mode;
  metaData: object;
  codec: VideoCodec;
  token: string;
}

/** Reads parameters; throws `ERROR_INVALID_PARAMETER` for what has the wrong type. */
export function readOptions(parameters: MeetingParameters, token: string): MeetingOptions {
  if (typeof parameters !== "object" || parameters === null) {
    throw sdkError("ERROR_INVALID_PARAMETER", "initMeeting needs an object of parameters.");
  }
  const chosenToken = parameters.token ?? token;
  return {
    meetingId: String(parameters.meetingId ?? ""),
    name: String(parameters.name ?? ""),
    participantId:
      parameters.participantId ?? claimedParticipant(chosenToken) ?? madeUpParticipant(),
    micEnabled: parameters.micEnabled ?? true,
    webcamEnabled: parameters.webcamEnabled ?? true,
    maxResolution: parameters.maxResolution === "hd" ? "hd" : "sd",
    multiStream: parameters.multiStream ?? true,
    camera: parameters.customCameraVideoTrack ?? null,
    microphone: parameters.customMicrophoneAudioTrack ?? null,
    mode: readMode(parameters.mode),
    metaData: parameters.metaData ?? {},
    codec: parameters.codec ?? "VP8",
    token: chosenToken,
  };
}

/** Why nobody would let this participant in, known before asking. */
export function refusedBeforehand(options: MeetingOptions): VideoSDKError | null {
  if (!options.token) return sdkError("INVALID_TOKEN", "Call VideoSDK.config(token) first.");
  if (!options.meetingId) return sdkError("INVALID_MEETING_ID", "meetingId is empty.");
  const { participantId } = options;
  if (typeof participantId !== "string" || !/^\S+$/.test(participantId)) {
    return sdkError("INVALID_PARTICIPANT_ID", "A participant id is not empty and has no spaces.");
  }
  return null;
}

/** A mode by any of its names; absent it is `SEND_AND_RECV`. */
export function readMode(mode: MeetingParameters["mode"]): Mode {
  switch (mode ?? "SEND_AND_RECV") {
    case "SEND_AND_RECV":
    case "CONFERENCE":
      return "SEND_AND_RECV";
    case "RECV_ONLY":
      return "RECV_ONLY";
    case "SIGNALLING_ONLY":
    case "VIEWER":
      return "SIGNALLING_ONLY";
    default:
      throw sdkError("ERROR_INVALID_PARAMETER", `Unknown mode: ${String(mode)}`);
  }
}

/** A token may be bound to one participant; then no other id would be let in. */
function claimedParticipant(token: string): string | null {
  try {
    const body = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const claim = (JSON.parse(atob(body)) as { participantId?: unknown }).participantId;
    return typeof claim === "string" && claim !== "" ? claim : null;
  } catch {
    return null;
  }
}

function madeUpParticipant(): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  const random = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(random, (byte) => alphabet[byte % alphabet.length]).join("");
}
