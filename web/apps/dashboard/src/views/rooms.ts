import type { API } from "../api";
import { Child, element } from "../dom";
import { icon } from "../icons";
import { copy, tell } from "../parts/copy";
import { confirm, form } from "../parts/dialog";
import { emptyState, heading, pill } from "../parts/states";
import { pager, table } from "../parts/table";
import { count, dateTime, moment, NOTHING } from "../pure/format";
import { link, pageNumber } from "../pure/route";
import type { Page, Room } from "../resources";
import type { View } from "../screen";

/** Rooms: where people meet, again and again. */
export function roomsView(api: API, query: Record<string, string>, reload: () => void): View<Page<Room>> {
  return {
    title: "Rooms",
    interval: () => 0,
    load: (signal) => api.fetched<Page<Room>>(`/v2/rooms?page=${pageNumber(query.page)}&perPage=20`, signal),
    render({ data, pageInfo }) {
      const add = element("button", { class: "button primary", onclick: create }, icon("plus"), "New room");
      if (pageInfo.total === 0) {
        return [heading("Rooms"), emptyState("No room yet", "A room is a place with an address, where people meet. Your application makes rooms over the API; you can make one here.", add)];
      }
      return [
        heading("Rooms", add),
        element(
          "div",
          { class: "card flush", "data-key": "list" },
          table(
            "Rooms",
            [
              {
                name: "Room",
                cell: (room) => [
                  element("a", { class: "strong", href: link("sessions", null, { room: room.roomId }) }, room.customRoomId ?? room.roomId),
                  room.customRoomId && element("span", { class: "faint second" }, room.roomId),
                ],
              },
              { name: "State", cell: (room) => pill(room.disabled ? "Disabled" : "Open", room.disabled ? "neutral" : "good") },
              { name: "Created", cell: (room) => dateTime(moment(room.createdAt) ?? 0) },
              { name: "Ends by itself", cell: (room) => element("span", { class: "faint" }, room.autoCloseConfig ? `after ${count(room.autoCloseConfig.duration)} min` : NOTHING) },
              { name: "Webhook", cell: (room) => element("span", { class: "faint" }, room.webhook?.endPoint ? host(room.webhook.endPoint) : NOTHING) },
              { name: "Actions", kind: "actions", cell: actions },
            ],
            data,
            (room) => room.roomId,
          ),
          pager(pageInfo, "rooms", query),
        ),
      ];
    },
  };

  function actions(room: Room): Child {
    return element(
      "span",
      { class: "row-actions" },
      !room.disabled && element("button", { class: "button", onclick: () => void share(room) }, icon("link"), "Copy link"),
      element("button", { class: "button", onclick: () => toggle(room) }, room.disabled ? "Enable" : "Disable"),
    );
  }

  async function share(room: Room): Promise<void> {
    await copy(await api.tokens.invitation(room.roomId), "Link to the room");
  }

  function toggle(room: Room): void {
    const name = room.customRoomId ?? room.roomId;
    const change = async (status: string): Promise<void> => {
      await api.post(`/v2/rooms/${encodeURIComponent(room.roomId)}`, { status });
      tell(`${name} is ${status}`);
      reload();
    };
    if (room.disabled) {
      change("enabled").catch((error: unknown) => tell(error instanceof Error ? error.message : "It could not be enabled"));
    } else {
      confirm(`Disable ${name}?`, "A session in it ends at once, and nobody can join until it is enabled again.", "Disable", () => change("disabled"));
    }
  }

  function create(): void {
    form(
      "New room",
      null,
      [
        { name: "customRoomId", label: "Name (optional)", hint: "Your own id for it, without spaces. A room that has it already is taken as it is." },
        { name: "endPoint", label: "Webhook (optional)", type: "url", hint: "An https address that is told of what happens in the room." },
        { name: "duration", label: "Ends by itself after (optional)", type: "number", hint: "Minutes, 1 to 10080. Without it: 480." },
      ],
      "Create",
      async ({ customRoomId, endPoint, duration }) => {
        const made = await api.post<Room>("/v2/rooms", {
          customRoomId: customRoomId || undefined,
          webhook: endPoint ? { endPoint } : undefined,
          autoCloseConfig: duration ? { type: "session-ends", duration: Number(duration) } : undefined,
        });
        tell(`Room ${made.customRoomId ?? made.roomId} is there`);
        reload();
      },
    );
  }
}

function host(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}
