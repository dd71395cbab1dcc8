// What both entries export beside `VideoSDK`.
export { Constants } from "./constants";
export type { MeetingState } from "./constants";
export type { FileAddress, FileUpload } from "./files";
export type { MediaRelayParameters } from "./room-actions";
export type { DeviceInfo, PermissionKind } from "./devices";
export { VideoSDKError } from "./errors";
export { Meeting } from "./meeting";
export type { SelectableDevice } from "./local-sources";
export type {
  EntryRequest,
  MediaRelayRequest,
  MediaRequest,
  MeetingEvents,
  ModeChange,
} from "./meeting-events";
export type { MeetingParameters } from "./meeting-options";
export type {
  EntryDecision,
  HLSStatus,
  LeaveReason,
  LivestreamStatus,
  LivestreamTarget,
  Mode,
  OutputConfig,
  PinState,
  Quality,
  RecordingStatus,
  RelayDecision,
  StreamKind,
  TranscriptionConfig,
} from "./messages";
export type { HLSURLs } from "./outputs";
export { Participant } from "./participant";
export type { ParticipantEvents, PinType } from "./participant";
export { PubSub } from "./pubsub";
export type { PublishOptions, PubSubListener, PubSubListeners, PubSubMessage } from "./pubsub";
export { RealtimeStore } from "./realtime-store";
export type { StreamStats } from "./stats";
export { Stream } from "./stream";
export type { CameraTrackOptions, MicrophoneTrackOptions, ScreenShareTrackOptions } from "./tracks";
