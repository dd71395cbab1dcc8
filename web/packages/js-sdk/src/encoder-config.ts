import { Quality } from "./messages";

/** How a picture is captured and coded. */
export interface VideoEncoderConfig {
  width: number;
  height: number;
  framesPerSecond: number;
  /** Bits per second of the full picture. */
  bitrate: number;
}

function video(
  height: number,
  width: number,
  framesPerSecond: number,
  kilobits: number,
): VideoEncoderConfig {
  return { width, height, framesPerSecond, bitrate: kilobits * 1_000 };
}

/** Camera presets of the public surface. */
export const CAMERA_CONFIGS = {
  h90p_w160p: video(90, 160, 15, 60),
  h180p_w320p: video(180, 320, 15, 120),
  h216p_w384p: video(216, 384, 15, 180),
  h360p_w640p: video(360, 640, 20, 300),
  h360p_w640p_150kbps: video(360, 640, 20, 150),
  h540p_w960p: video(540, 960, 25, 600),
  h720p_w1280p: video(720, 1280, 30, 2_000),
  h1080p_w1920p: video(1080, 1920, 30, 3_000),
  h1440p_w2560p: video(1440, 2560, 30, 5_000),
  h2160p_w3840p: video(2160, 3840, 30, 8_000),
  h120p_w160p: video(120, 160, 15, 80),
  h180p_w240p: video(180, 240, 15, 100),
  h240p_w320p: video(240, 320, 15, 150),
  h360p_w480p: video(360, 480, 20, 225),
  h480p_w640p: video(480, 640, 25, 300),
  h540p_w720p: video(540, 720, 30, 450),
  h720p_w960p: video(720, 960, 30, 1_500),
  h1080p_w1440p: video(1080, 1440, 30, 2_500),
  h1440p_w1920p: video(1440, 1920, 30, 3_500),
} as const;

/** What the camera is opened with when the application gives no track of its own. */
export const DEFAULT_CAMERA = {
  /** 360p as in the preset, but at 30 frames/s with the bits for them. */
  sd: video(360, 640, 30, 600),
  hd: CAMERA_CONFIGS.h720p_w1280p,
};

/** Screen-share presets of the public surface. */
export const SCREEN_CONFIGS = {
  h360p_30fps: video(360, 640, 30, 200),
  h480p_15fps: video(480, 854, 15, 400),
  h480p_30fps: video(480, 854, 30, 600),
  h720p_5fps: video(720, 1280, 5, 400),
  h720p_15fps: video(720, 1280, 15, 1_000),
  h720p_30fps: video(720, 1280, 30, 1_500),
  h1080p_15fps: video(1080, 1920, 15, 1_500),
  h1080p_30fps: video(1080, 1920, 30, 1_000),
} as const;

/** How sound is captured and coded. */
export interface AudioEncoderConfig {
  bitrate: number;
  channels: 1 | 2;
  /** Echo cancellation, gain control and noise suppression, unless said otherwise. */
  isSpeech: boolean;
}

/** Microphone presets of the public surface. */
export const MICROPHONE_CONFIGS: Readonly<
  Record<
    | "speech_low_quality"
    | "speech_standard"
    | "music_standard"
    | "standard_stereo"
    | "high_quality"
    | "high_quality_stereo",
    AudioEncoderConfig
  >
> = {
  speech_low_quality: { bitrate: 16_000, channels: 1, isSpeech: true },
  speech_standard: { bitrate: 24_000, channels: 1, isSpeech: true },
  music_standard: { bitrate: 32_000, channels: 1, isSpeech: false },
  standard_stereo: { bitrate: 64_000, channels: 2, isSpeech: false },
  high_quality: { bitrate: 128_000, channels: 1, isSpeech: false },
  high_quality_stereo: { bitrate: 192_000, channels: 2, isSpeech: false },
};

/** Simulcast layers, small to large, as they stand in the offer. */
export const LAYERS = ["q", "h", "f"] as const;

export interface LayerEncoding {
  active: boolean;
  scaleResolutionDownBy: number;
  maxBitrate: number;
  maxFramerate: number;
}

/**
 * How many layers a picture is worth.
 *
 * libwebrtc (`kSimulcastFormats`) codes three of them from 960×540 up, two from 480×270 and one
 * below, and drops the *last*, which is the full picture. So a small picture must have its full
 * size in an earlier layer.
 */
export function layerCount(width: number, height: number): 1 | 2 | 3 {
  const pixels = width * height;
  return pixels >= 960 * 540 ? 3 : pixels >= 480 * 270 ? 2 : 1;
}

/** Encodings of the three layers for a picture of this size; `quality` leaves out large ones. */
export function layerEncodings(
  config: VideoEncoderConfig,
  picture: { width: number; height: number },
  quality: Quality = "high",
): LayerEncoding[] {
  const count = layerCount(picture.width, picture.height);
  const allowed = Math.max(1, count - { low: 2, med: 1, high: 0 }[quality]);
  return LAYERS.map((_, index) => {
    const level = Math.max(0, count - 1 - index); // halvings below the full picture
    const share = [1, 0.25, 0.08][level] ?? 0.08;
    return {
      active: index < allowed,
      scaleResolutionDownBy: 2 ** level,
      maxBitrate: Math.max(50_000, Math.round(config.bitrate * share)),
      maxFramerate: config.framesPerSecond,
    };
  });
}

/** The one encoding of a camera without simulcast. */
export function singleEncoding(
  config: VideoEncoderConfig,
  quality: Quality = "high",
): LayerEncoding {
  const level = { low: 2, med: 1, high: 0 }[quality];
  return {
    active: true,
    scaleResolutionDownBy: 2 ** level,
    maxBitrate: Math.max(50_000, Math.round(config.bitrate * [1, 0.4, 0.15][level]!)),
    maxFramerate: config.framesPerSecond,
  };
}
