import { Access, forget, keep, kept, Tokens } from "./access/access";
import { API } from "./api";
import { readRoute, Route } from "./pure/route";
import { Screen, View } from "./screen";
import { Shell } from "./shell";
import { signInScreen } from "./sign-in";
import { auditView } from "./views/audit";
import { keysView } from "./views/keys";
import { liveView } from "./views/live";
import { outputsView } from "./views/outputs";
import { roomsView } from "./views/rooms";
import { sessionView } from "./views/session";
import { sessionsView } from "./views/sessions";
import { usageView } from "./views/usage";
import { webhooksView } from "./views/webhooks";

const app = document.getElementById("app")!;
/** Ends what the dashboard does when one signs out. */
let close: () => void = () => {};

function showSignIn(why: string | null = null): void {
  close();
  forget();
  document.title = "Dashboard – Stoa";
  app.replaceChildren(
    signInScreen((access, stay) => {
      if (stay) keep(access);
      showDashboard(access);
    }, why),
  );
}

function showDashboard(access: Access): void {
  const api = new API(new Tokens(access));
  const shell = new Shell(api.tokens.name, () => showSignIn());
  const screen = new Screen(shell.place, (why) => showSignIn(`You were signed out: ${why}`));
  let shown: Route | null = null;
  app.replaceChildren(shell.view);

  const show = (): void => {
    const route = readRoute(location.hash);
    // Another page or filter of the same view: what is there stays until the new content has come.
    const isSame = shown !== null && shown.view === route.view && shown.id === route.id;
    shown = route;
    shell.mark(route.view);
    const view = viewOf(api, route, () => void screen.reload());
    document.title = `${view.title} – Stoa`;
    screen.show(view, isSame);
    if (!isSame) {
      scrollTo(0, 0);
      shell.place.focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", show);
  close = () => {
    removeEventListener("hashchange", show);
    screen.close();
  };
  show();
}

function viewOf(api: API, { view, id, query }: Route, reload: () => void): View<any> {
  switch (view) {
    case "live":
      return liveView(api, reload);
    case "sessions":
      return id ? sessionView(api, id, query, reload) : sessionsView(api, query);
    case "rooms":
      return roomsView(api, query, reload);
    case "recordings":
      return outputsView(api, query, reload);
    case "webhooks":
      return webhooksView(api, query, reload);
    case "usage":
      return usageView(api, query);
    case "keys":
      return keysView(api, query, reload);
    case "audit":
      return auditView(api, query);
  }
}

const access = kept();
if (access) showDashboard(access);
else showSignIn();
