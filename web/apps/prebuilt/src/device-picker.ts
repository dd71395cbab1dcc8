import { DeviceInfo, VideoSDK } from "@stoa/js-sdk";
import { element } from "./dom";

const NAMES = {
  audioinput: "Microphone",
  videoinput: "Camera",
  audiooutput: "Speaker",
} as const;

/** A labelled choice of devices of one kind, kept up to date as they come and go. */
export class DevicePicker {
  readonly view: HTMLElement;
  private readonly select: HTMLSelectElement;

  constructor(
    private readonly kind: keyof typeof NAMES,
    private readonly selected: () => string,
    picked: (deviceId: string) => void,
  ) {
    this.select = element("select", {
      onchange: () => picked(this.select.value),
      "data-testid": `${kind}-select`,
    });
    this.view = element(
      "label",
      { class: "field" },
      element("span", { class: "field-name" }, NAMES[kind]),
      element("span", { class: "select" }, this.select),
    );
  }

  async refresh(): Promise<void> {
    let devices: DeviceInfo[] = [];
    try {
      devices = (await VideoSDK.getDevices()).filter((one) => one.kind === this.kind);
    } catch {
      // Insecure page: said elsewhere.
    }
    const usable = devices.filter((one) => one.deviceId !== "");
    const options = usable.map((one, index) =>
      element("option", { value: one.deviceId }, one.label || `${NAMES[this.kind]} ${index + 1}`),
    );
    if (options.length === 0) {
      const text = devices.length > 0 ? "Allow access to choose" : `No ${NAMES[this.kind].toLowerCase()} found`;
      options.push(element("option", { value: "" }, text));
    }
    this.select.disabled = usable.length === 0;
    this.select.replaceChildren(...options);
    const current = this.selected();
    if (usable.some((one) => one.deviceId === current)) this.select.value = current;
    this.view.hidden = this.kind === "audiooutput" && usable.length === 0;
  }
}
