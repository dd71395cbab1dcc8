import { inWords } from "../api";
import { Child, element } from "../dom";
import { icon } from "../icons";

/** Opens a dialog over the page; it goes when it is closed, by Escape or a click beside it too. */
export function open(title: string, ...content: Child[]): HTMLDialogElement {
  const close = element("button", { class: "plain", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"));
  const dialog: HTMLDialogElement = element(
    "dialog",
    { "aria-label": title },
    element("header", { class: "dialog-head" }, element("h2", {}, title), close),
    element("div", { class: "dialog-body" }, ...content),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export interface Field {
  name: string;
  label: string;
  hint?: string;
  type?: "text" | "number" | "url" | "checkbox";
  required?: boolean;
}

/** Asks for values and does something with them; stays open, with the reason, while that fails. */
export function form(
  title: string,
  text: string | null,
  fields: readonly Field[],
  action: string,
  perform: (values: Record<string, string>) => Promise<void>,
  isDangerous = false,
): void {
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const submit = element("button", { class: isDangerous ? "button primary danger" : "button primary", type: "submit" }, action);
  const cancel = element("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Cancel");
  const inputs = fields.map((field) =>
    element("input", {
      type: field.type ?? "text",
      name: field.name,
      required: field.required,
      autocomplete: "off",
      spellcheck: "false",
    }),
  );
  const made = element(
    "form",
    {
      onsubmit: (event: Event) => {
        event.preventDefault();
        void send();
      },
    },
    text && element("p", { class: "lead" }, text),
    ...fields.map((field, index) =>
      element(
        "label",
        { class: field.type === "checkbox" ? "field check" : "field" },
        element("span", { class: "field-name" }, field.label),
        inputs[index],
        field.hint && element("span", { class: "hint" }, field.hint),
      ),
    ),
    problem,
    element("footer", { class: "dialog-foot" }, cancel, submit),
  );
  const send = async (): Promise<void> => {
    submit.disabled = true;
    problem.hidden = true;
    const values: Record<string, string> = {};
    for (const input of inputs) {
      values[input.name] = input.type === "checkbox" ? (input.checked ? "true" : "") : input.value.trim();
    }
    try {
      await perform(values);
      dialog.close();
    } catch (error) {
      problem.textContent = inWords(error);
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  };
  const dialog = open(title, made);
  (inputs[0] ?? submit).focus();
}

/** Asks before something that cannot be taken back, and does it. */
export function confirm(title: string, text: string, action: string, perform: () => Promise<void>): void {
  form(title, text, [], action, perform, true);
}
