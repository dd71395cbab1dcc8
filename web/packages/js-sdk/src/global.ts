// Script entry: `<script src="/sdk/videosdk.js">` gives the global `VideoSDK`.
import * as parts from "./public";
import { cameFrom, VideoSDK } from "./video-sdk";

const script = typeof document === "undefined" ? null : document.currentScript;
cameFrom(script instanceof HTMLScriptElement ? script.src : null);

// Both `VideoSDK.initMeeting` and `VideoSDK.VideoSDK.initMeeting` are in use.
Object.assign(VideoSDK, parts, { VideoSDK });
(globalThis as { VideoSDK?: unknown }).VideoSDK = VideoSDK;
