import { Access, problemOf, Tokens } from "./access/access";
import { API, inWords, Refusal, refusal, UNREACHABLE } from "./api";
import { element } from "./dom";
import { logo } from "./icons";

/** The first screen: how the dashboard may ask the server. */
export function signInScreen(signedIn: (access: Access, keep: boolean) => void, why: string | null): HTMLElement {
  const problem = element("p", { class: "problem", role: "alert", hidden: why === null }, why);
  const field = (name: string, label: string, type: string, autocomplete: string): [HTMLInputElement, HTMLElement] => {
    const input = element("input", { name, type, autocomplete, spellcheck: "false", autocapitalize: "off", required: true });
    return [input, element("label", { class: "field" }, element("span", { class: "field-name" }, label), input)];
  };
  const [key, keyField] = field("key", "API key", "text", "username");
  const [secret, secretField] = field("secret", "API secret", "password", "current-password");
  const [token, tokenField] = field("token", "Token", "password", "off");
  const stay = element("input", { type: "checkbox", name: "stay", checked: true });
  const submit = element("button", { class: "button primary large", type: "submit" }, "Sign in");
  const byToken = element("input", { type: "radio", name: "by", value: "token" });
  const byKey = element("input", { type: "radio", name: "by", value: "key", checked: true });
  const development = element(
    "button",
    { class: "button large", type: "button", onclick: () => void useDevelopmentKey(), "data-testid": "development-key" },
    "Use the development key",
  );
  const orElse = element("div", { class: "or-else", hidden: true }, element("span", { class: "faint" }, "This server is in development mode."), development);

  const choose = (): void => {
    keyField.hidden = secretField.hidden = byToken.checked;
    key.disabled = secret.disabled = byToken.checked;
    tokenField.hidden = token.disabled = !byToken.checked;
    problem.hidden = true;
  };
  byToken.addEventListener("change", choose);
  byKey.addEventListener("change", choose);

  const fail = (text: string): void => {
    problem.textContent = text;
    problem.hidden = false;
  };

  const enter = async (access: Access): Promise<void> => {
    submit.disabled = development.disabled = true;
    try {
      await tried(access);
      signedIn(access, stay.checked);
    } catch (error) {
      fail(error instanceof Refusal && error.kind === "signed-out" ? refused(access, error.message) : inWords(error));
    } finally {
      submit.disabled = development.disabled = false;
    }
  };

  const useDevelopmentKey = async (): Promise<void> => {
    try {
      await enter({ kind: "development", token: await developmentToken() });
    } catch (error) {
      fail(inWords(error));
    }
  };

  const send = (): void => {
    if (byToken.checked) {
      const text = token.value.trim().replace(/^Bearer\s+/i, "");
      const wrong = problemOf(text);
      if (wrong) fail(wrong);
      else void enter({ kind: "token", token: text });
    } else if (!window.isSecureContext) {
      // Browsers have no cryptography for pages of other machines without TLS.
      fail("On http:// the browser cannot sign: open this page with https:// or on localhost, or paste a token.");
    } else {
      void enter({ kind: "key", key: key.value.trim(), secret: secret.value.trim() });
    }
  };

  const form = element(
    "form",
    {
      class: "sign-in-card",
      onsubmit: (event: Event) => {
        event.preventDefault();
        send();
      },
    },
    element("h1", {}, "Dashboard"),
    element("p", { class: "lead" }, "See who meets, how well it goes, and what happened."),
    orElse,
    element(
      "fieldset",
      { class: "segments" },
      element("legend", { class: "unseen" }, "Sign in with"),
      element("label", {}, byKey, element("span", {}, "API key")),
      element("label", {}, byToken, element("span", {}, "Token")),
    ),
    keyField,
    secretField,
    tokenField,
    element("label", { class: "field check" }, stay, element("span", { class: "field-name" }, "Stay signed in until this tab is closed")),
    problem,
    submit,
    element("p", { class: "hint" }, "The secret stays in this tab: it signs tokens of five minutes here and is sent nowhere."),
  );
  choose();
  problem.hidden = why === null;
  void hasDevelopmentKey().then((has) => {
    orElse.hidden = !has;
  });
  queueMicrotask(() => key.focus());
  return element(
    "main",
    { class: "sign-in" },
    element("header", { class: "brand" }, logo(), element("span", {}, "Stoa")),
    form,
  );
}

/** Asks something cheap with it. */
async function tried(access: Access): Promise<void> {
  await new API(new Tokens(access)).fetched("/v2/rooms?perPage=1");
}

function refused(access: Access, said: string): string {
  if (access.kind !== "key") return `The server refused the token: ${said}`;
  return `The server refused this key: ${said} Check both, and that this machine's clock is right.`;
}

/** Whether the server gives tokens away: its route answers to other methods then. */
async function hasDevelopmentKey(): Promise<boolean> {
  try {
    return (await fetch("/dev/token", { method: "GET", credentials: "omit" })).status === 405;
  } catch {
    return false;
  }
}

async function developmentToken(): Promise<string> {
  let reply: Response;
  try {
    reply = await fetch("/dev/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      credentials: "omit",
    });
  } catch {
    throw new Refusal("unreachable", UNREACHABLE);
  }
  if (!reply.ok) throw await refusal(reply);
  return ((await reply.json()) as { token: string }).token;
}
