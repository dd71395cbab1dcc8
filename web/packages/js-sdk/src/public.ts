// What both entries export beside `VideoSDK`.
export { Constants } from "./constants";
export type { MeetingState } from "./constants";
export type { DeviceInfo, PermissionKind } from "./devices";
export { VideoSDKError } from "./errors";
export { Meeting } from "./meeting";
export type { SelectableDevice } from "./local-sources";
export type { MeetingEvents } from "./meeting";
export type { MeetingParameters } from "./meeting-options";
export type { LeaveReason, Mode, Quality, StreamKind } from "./messages";
export { Participant } from "./participant";
export type { ParticipantEvents } from "./participant";
export { PubSub } from "./pubsub";
export type { PublishOptions, PubSubListener, PubSubListeners, PubSubMessage } from "./pubsub";
export type { StreamStats } from "./stats";
export { Stream } from "./stream";
export type { CameraTrackOptions, MicrophoneTrackOptions, ScreenShareTrackOptions } from "./tracks";
