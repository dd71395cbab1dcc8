import { Environment, browser } from "./environment";
import {
  AudioEncoderConfig,
  CAMERA_CONFIGS,
  DEFAULT_CAMERA,
  MICROPHONE_CONFIGS,
  SCREEN_CONFIGS,
  VideoEncoderConfig,
} from "./encoder-config";
import { captureError, sdkError } from "./errors";

export interface CameraTrackOptions {
  cameraId?: string;
  encoderConfig?: keyof typeof CAMERA_CONFIGS;
  facingMode?: "user" | "front" | "environment";
  optimizationMode?: "motion" | "text" | "detail";
  /** Several sizes at once, so that every receiver can have the one it needs. */
  multiStream?: boolean;
}

export interface MicrophoneTrackOptions {
  microphoneId?: string;
  encoderConfig?: keyof typeof MICROPHONE_CONFIGS;
  noiseConfig?: {
    echoCancellation?: boolean;
    autoGainControl?: boolean;
    noiseSuppression?: boolean;
  };
}

export interface ScreenShareTrackOptions {
  encoderConfig?: keyof typeof SCREEN_CONFIGS;
  optimizationMode?: "motion" | "text" | "detail";
  withAudio?: "enable" | "disable";
}

/** What was asked for when a track was made: its encoder is set up from this. */
export interface TrackProfile {
  video?: VideoEncoderConfig;
  audio?: AudioEncoderConfig;
  multiStream?: boolean;
}

const profiles = new WeakMap<MediaStreamTrack, TrackProfile>();

export function profileOf(track: MediaStreamTrack): TrackProfile | undefined {
  return profiles.get(track);
}

/** Opens a camera. Rejects with a 30xx error. */
export async function createCameraVideoTrack(
  options: CameraTrackOptions = {},
  config: VideoEncoderConfig = options.encoderConfig
    ? preset(CAMERA_CONFIGS, options.encoderConfig)
    : DEFAULT_CAMERA.sd,
  environment: Environment = browser,
): Promise<MediaStream> {
  const { cameraId, facingMode, optimizationMode, multiStream } = options;
  const constraints: MediaTrackConstraints = {
    width: { ideal: config.width },
    height: { ideal: config.height },
    frameRate: { ideal: config.framesPerSecond },
  };
  if (cameraId) constraints.deviceId = { exact: cameraId };
  else if (facingMode) constraints.facingMode = facingMode === "front" ? "user" : facingMode;
  const stream = await capture(environment, "camera", { video: constraints });
  const track = stream.getVideoTracks()[0];
  if (track) {
    if (optimizationMode) track.contentHint = optimizationMode;
    const profile: TrackProfile = { video: config };
    if (multiStream !== undefined) profile.multiStream = multiStream;
    profiles.set(track, profile);
  }
  return stream;
}

/** Opens a microphone. Rejects with a 30xx error. */
export async function createMicrophoneAudioTrack(
  options: MicrophoneTrackOptions = {},
  environment: Environment = browser,
): Promise<MediaStream> {
  const config = preset(MICROPHONE_CONFIGS, options.encoderConfig ?? "speech_standard");
  const noise = options.noiseConfig ?? {};
  const constraints: MediaTrackConstraints = {
    channelCount: { ideal: config.channels },
    echoCancellation: noise.echoCancellation ?? config.isSpeech,
    autoGainControl: noise.autoGainControl ?? config.isSpeech,
    noiseSuppression: noise.noiseSuppression ?? config.isSpeech,
  };
  if (options.microphoneId) constraints.deviceId = { exact: options.microphoneId };
  const stream = await capture(environment, "microphone", { audio: constraints });
  const track = stream.getAudioTracks()[0];
  if (track) profiles.set(track, { audio: config });
  return stream;
}

/** Lets the person choose a screen, window or tab. Rejects with a 30xx error. */
export async function createScreenShareVideoTrack(
  options: ScreenShareTrackOptions = {},
  environment: Environment = browser,
): Promise<MediaStream> {
  const config = preset(SCREEN_CONFIGS, options.encoderConfig ?? "h720p_15fps");
  const devices = environment.mediaDevices();
  if (!devices || typeof devices.getDisplayMedia !== "function") {
    throw sdkError("ERROR_GET_DISPLAY_MEDIA", "This browser cannot share the screen.");
  }
  let stream: MediaStream;
  try {
    stream = await devices.getDisplayMedia({
      video: {
        width: { max: config.width },
        height: { max: config.height },
        frameRate: { max: config.framesPerSecond },
      },
      audio: options.withAudio !== "disable",
    });
  } catch (error) {
    throw captureError("screen", error);
  }
  const track = stream.getVideoTracks()[0];
  if (track) {
    track.contentHint = options.optimizationMode ?? "detail";
    profiles.set(track, { video: config });
  }
  const sound = stream.getAudioTracks()[0];
  if (sound) profiles.set(sound, { audio: MICROPHONE_CONFIGS.standard_stereo });
  return stream;
}

async function capture(
  environment: Environment,
  source: "camera" | "microphone",
  constraints: MediaStreamConstraints,
): Promise<MediaStream> {
  const devices = environment.mediaDevices();
  if (!devices) throw captureError(source, { name: "SecurityError", message: "insecure page" });
  try {
    return await devices.getUserMedia(constraints);
  } catch (error) {
    throw captureError(source, error);
  }
}

function preset<Configs extends object>(
  configs: Configs,
  name: keyof Configs,
): Configs[keyof Configs] {
  if (!Object.prototype.hasOwnProperty.call(configs, name)) {
    throw sdkError("ERROR_INVALID_PARAMETER", `encoderConfig is unknown: ${String(name)}`);
  }
  return configs[name];
}
