// ES module entry: `import { VideoSDK } from "/sdk/js-sdk.mjs"`.
import { cameFrom, VideoSDK } from "./video-sdk";

cameFrom(import.meta.url);

export default VideoSDK;
export { VideoSDK };
export * from "./public";
