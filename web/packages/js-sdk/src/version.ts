/** Version of this SDK, told to the server. */
export const SDK_VERSION = "0.1.0";
