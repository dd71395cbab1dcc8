import { sdkError } from "./errors";

/** One frame of a video track as a JPEG data URL, scaled to what is given. */
export async function captureFrame(
  track: MediaStreamTrack,
  size: { height?: number; width?: number },
): Promise<string> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await withLimit(video.play());
    if (!video.videoWidth) await withLimit(once(video, "resize"));
    const ratio = video.videoWidth / video.videoHeight;
    const width = size.width ?? (size.height ? size.height * ratio : video.videoWidth);
    const height = size.height ?? width / ratio;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width));
    canvas.height = Math.max(1, Math.round(height));
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.92);
  } finally {
    video.srcObject = null;
  }
}

function once(video: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((resolve) => video.addEventListener(name, () => resolve(), { once: true }));
}

function withLimit(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(sdkError("ERROR_OPERATION_TIMED_OUT", "No picture arrived.")),
      3_000,
    );
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
