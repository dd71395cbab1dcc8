"""A clip that flashes and beeps once a second, and what of it is in a recorded file."""

import array
import json
import math
import subprocess
from pathlib import Path

HERTZ = 440
COLOUR = (200, 40, 40)
# Of each second.
FLASH_SECONDS = 0.15


# What encoders need to be quick, and to make nothing that browsers would not send.
ENCODERS = {
    "libvpx": ["-deadline", "realtime", "-cpu-used", "8"],
    "libvpx-vp9": ["-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0"],
    "libaom-av1": ["-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0"],
    "libx264": ["-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline"],
}


def write_clip(folder: Path, codec="libvpx", seconds=20, name="clip.ivf"):
    """Makes a file of pictures and one of Opus: red, and white while a tone of 440 Hz sounds."""
    picture, tone = folder / name, folder / "clip.opus"
    red = "0x%02x%02x%02x" % COLOUR
    flash = f"drawbox=c=white:t=fill:enable='lt(mod(t,1),{FLASH_SECONDS})'"
    subprocess.run([
        "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", f"color={red}:s=320x180:r=30:d={seconds}",
        "-vf", flash, "-c:v", codec, *ENCODERS[codec], "-b:v", "300k",
        "-g", "30", "-pix_fmt", "yuv420p", str(picture)], check=True)
    beep = f"0.5*sin(2*PI*{HERTZ}*t)*lt(mod(t\\,1)\\,{FLASH_SECONDS})"
    subprocess.run([
        "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", f"aevalsrc='{beep}':s=48000:d={seconds}",
        "-c:a", "libopus", "-b:a", "64k", str(tone)], check=True)
    return picture, tone


def probe(path: Path):
    """What ffprobe says of a file: its streams by type, and its duration in seconds."""
    said = json.loads(subprocess.run([
        "ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
        check=True, capture_output=True).stdout)
    return {each["codec_type"]: each for each in said["streams"]}, float(said["format"]["duration"])


def errors(path: Path):
    """What ffmpeg complains about when it decodes all of a file."""
    # Pictures may be closer together than ffmpeg's guess of a rate, and are decoded all the same.
    return subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-fps_mode", "vfr", "-f", "null", "-"],
        capture_output=True).stderr.decode()


def pictures(path: Path):
    """The colour of the middle of each picture, with its time in seconds, at 30 a second."""
    raw = subprocess.run([
        "ffmpeg", "-v", "error", "-i", str(path), "-vf", "fps=30,crop=iw/8:ih/8,scale=1:1:flags=area",
        "-pix_fmt", "rgb24", "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return [(index / 30, tuple(raw[3 * index:3 * index + 3])) for index in range(len(raw) // 3)]


def picture_times(path: Path):
    """When each picture of a file is shown, in seconds."""
    return [float(line) for line in subprocess.run([
        "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0",
        str(path)], check=True, capture_output=True).stdout.decode().replace(",", " ").split()]


def loudness(path: Path, hertz=HERTZ, window=0.01):
    """How strong a tone is in each hundredth of a second, 0…1, with its time in seconds."""
    raw = array.array("f", subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-vn", "-ac", "1", "-ar", "48000", "-f", "f32le", "-"],
        check=True, capture_output=True).stdout)
    step = int(48000 * window)
    result = []
    for start in range(0, len(raw) - step, step):
        sine = sum(raw[start + i] * math.sin(2 * math.pi * hertz * i / 48000) for i in range(step))
        cosine = sum(raw[start + i] * math.cos(2 * math.pi * hertz * i / 48000) for i in range(step))
        result.append((start / 48000, 2 * math.hypot(sine, cosine) / step))
    return result


def onsets(samples, is_on):
    """Times at which something begins that was off for a fifth of a second."""
    found, off_since = [], None
    for time, value in samples:
        if is_on(value):
            if off_since is not None and time - off_since >= 0.2:
                found.append(time)
            off_since = None
        elif off_since is None:
            off_since = time
    return found


def flashes(path: Path):
    return onsets(pictures(path), lambda rgb: min(rgb) > 150)


def beeps(path: Path):
    return onsets(loudness(path), lambda strength: strength > 0.1)
