import type { API } from "../api";
import { sparkline } from "../charts/sparkline";
import { Child, element } from "../dom";
import { icon, IconName } from "../icons";
import { confirm } from "../parts/dialog";
import { tell } from "../parts/copy";
import { emptyState, heading, pill, tile, tiles } from "../parts/states";
import { bitrate, count, counted, duration, milliseconds, moment, score, words } from "../pure/format";
import { quality, QUALITY_WORDS, Trace, worse } from "../pure/quality";
import { link } from "../pure/route";
import type { Live, LiveParticipant, LiveRoom } from "../resources";
import type { View } from "../screen";

/** Milliseconds between two looks at what happens. */
const EVERY = 2_000;
/** Looks that a small line shows: two minutes. */
const LOOKS = 60;
/** What one look shows at most; the totals count all. */
const MOST_ROOMS = 50;
const MOST_PEOPLE = 25;

/** Who is in which room now, and how well they see and hear each other. */
export function liveView(api: API, reload: () => void): View<Live> {
  const scores = new Trace(LOOKS);
  return {
    title: "Live",
    interval: () => EVERY,
    async load(signal) {
      const live = await api.fetched<Live>("/v2/live", signal);
      const current = new Map<string, number | null>();
      for (const room of live.rooms) {
        for (const each of room.participants) {
          current.set(`${room.sessionId} ${each.participantId}`, worse(each.audioScore, each.videoScore));
        }
      }
      scores.add(current);
      return live;
    },
    render(live) {
      const rooms = [...live.rooms].sort((a, b) => (a.start < b.start ? 1 : -1));
      const people = rooms.flatMap((room) => room.participants);
      const poor = people.filter((each) => quality(worse(each.audioScore, each.videoScore)) === "poor").length;
      return [
        heading("Live", element("span", { class: "beat" }, element("i", {}), "Every 2 s")),
        tiles(
          tile("Rooms", count(live.totals.rooms)),
          tile("People", count(live.totals.participants), poor > 0 ? `${count(poor)} with poor quality` : undefined),
          tile("Sent by people", bitrate(live.totals.sendBitrate)),
          tile("Received by people", bitrate(live.totals.recvBitrate)),
        ),
        rooms.length === 0
          ? emptyState(
              "Nobody is in a room",
              "As soon as somebody joins, their room appears here.",
              element("a", { class: "button primary", href: "/", target: "_blank", rel: "noopener" }, "Start a meeting"),
              element("a", { class: "button", href: link("sessions") }, "Look at past sessions"),
            )
          : element("div", { class: "live-rooms", "data-key": "rooms" }, ...rooms.slice(0, MOST_ROOMS).map((room) => roomCard(room))),
        rooms.length > MOST_ROOMS && element("p", { class: "note" }, `${counted(rooms.length - MOST_ROOMS, "more room is", "more rooms are")} not shown.`),
      ];
    },
  };

  function roomCard(room: LiveRoom): Child {
    const started = moment(room.start);
    const name = room.customRoomId ?? room.roomId;
    return element(
      "section",
      { class: "card live-room", "data-key": room.sessionId, "data-testid": "live-room" },
      element(
        "header",
        { class: "card-head" },
        element(
          "div",
          {},
          element("h2", {}, element("a", { href: link("sessions", room.sessionId) }, name)),
          element(
            "p",
            { class: "faint" },
            counted(room.participants.length, "person", "people"),
            started === null ? null : ` · for ${duration(Date.now() - started)}`,
          ),
        ),
        element("button", { class: "button", onclick: () => end(room, name) }, "End"),
      ),
      element(
        "ul",
        { class: "people" },
        ...room.participants.slice(0, MOST_PEOPLE).map((each) => person(room, each)),
      ),
      room.participants.length > MOST_PEOPLE &&
        element("p", { class: "note" }, `and ${counted(room.participants.length - MOST_PEOPLE, "other", "others")}`),
    );
  }

  function person(room: LiveRoom, each: LiveParticipant): Child {
    const value = worse(each.audioScore, each.videoScore);
    const state = quality(value);
    const tone = ({ good: "good", fair: "warning", poor: "bad", unknown: "neutral" } as const)[state];
    const on = new Set(each.streams);
    const parts = [
      each.audioScore == null ? "" : `audio ${score(each.audioScore)}`,
      each.videoScore == null ? "" : `video ${score(each.videoScore)}`,
    ].filter(Boolean);
    return element(
      "li",
      { "data-key": each.participantId, "data-testid": "live-person" },
      element("span", { class: "person-name" }, each.name || each.participantId),
      element(
        "span",
        { class: "streams" },
        stream(on.has("audio") ? "mic" : "micOff", "Microphone", on.has("audio")),
        stream(on.has("video") ? "camera" : "cameraOff", "Camera", on.has("video")),
        on.has("share") && stream("share", "Screen", true),
        each.mode !== "SEND_AND_RECV" && element("span", { class: "faint mode" }, words(each.mode)),
      ),
      sparkline(scores.of(`${room.sessionId} ${each.participantId}`), 5, LOOKS, tone),
      element("span", { class: "rtt faint" }, each.rtt == null ? "" : milliseconds(each.rtt)),
      element(
        "span",
        { class: "person-quality", title: parts.length > 0 ? `Scores of 5: ${parts.join(", ")}` : undefined },
        pill(value === null ? QUALITY_WORDS[state] : `${QUALITY_WORDS[state]} ${score(value)}`, tone),
      ),
    );
  }

  function end(room: LiveRoom, name: string): void {
    confirm("End this session?", `Everybody in ${name} is taken out of the meeting. They can start a new one.`, "End the session", async () => {
      await api.post("/v2/sessions/end", { roomId: room.roomId, sessionId: room.sessionId });
      tell("Session ended");
      reload();
    });
  }
}

function stream(name: IconName, what: string, on: boolean): Child {
  const said = `${what} ${on ? "on" : "off"}`;
  return element("span", { class: on ? "stream-sign on" : "stream-sign", role: "img", "aria-label": said, title: said }, icon(name));
}
