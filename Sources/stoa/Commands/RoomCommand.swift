import ArgumentParser
import Signal
import StoaClient

/// `stoa room`: the rooms of a running server, over its REST API.
struct RoomCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "room",
    abstract: "Make, list, show, end, disable and enable rooms of a running server.",
    discussion: """
      Key and secret come from the same flags, variables and stoa.yaml as those of `stoa serve`.

      Examples:
        stoa room create --dev --custom-id team-a
        stoa room list --dev
        stoa room end team-a --url https://meet.example.com --api-key k --api-secret-file s
        stoa room show team-a --dev --json
      """,
    subcommands: [
      RoomCreateCommand.self, RoomListCommand.self, RoomShowCommand.self, RoomEndCommand.self,
      RoomDisableCommand.self, RoomEnableCommand.self,
    ])

  /// Prints a room, a line for each thing there is to know.
  static func print(_ room: JSONValue) {
    Output.pairs([
      ("room", room.cell("roomId")), ("custom id", room.cell("customRoomId")),
      ("disabled", room.cell("disabled")), ("created", room.cell("createdAt")),
      ("link", room["links"]?.cell("get_room") ?? "–"),
    ])
  }
}

/// `stoa room create`.
struct RoomCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a room, or find the one with this custom id.",
    discussion: """
      Examples:
        stoa room create --dev
        stoa room create --dev --custom-id team-a
      """)

  @Option(help: "Your own name for the room.") var customId: String?
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      let body: JSONValue = customId.map { ["customRoomId": .string($0)] } ?? [:]
      rest.show(try await rest.call(.post, "/v2/rooms", body), RoomCommand.print)
    }
  }
}

/// `stoa room list`.
struct RoomListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List rooms, the newest first.",
    discussion: """
      Examples:
        stoa room list --dev
        stoa room list --dev --page 2 --per-page 100
      """)

  @OptionGroup var page: PageOptions
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      rest.show(try await rest.call(.get, "/v2/rooms?\(page.query)")) { answer in
        Output.table(
          ["ROOM", "CUSTOM ID", "DISABLED", "CREATED"],
          (answer["data"]?.elements ?? []).map { room in
            ["roomId", "customRoomId", "disabled", "createdAt"].map { room.cell($0) }
          })
        PageOptions.foot(answer)
      }
    }
  }
}

/// `stoa room show`.
struct RoomShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a room.",
    discussion: """
      Examples:
        stoa room show team-a --dev
      """)

  @Argument(help: "Its id or custom id.") var room: String
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      let path = "/v2/rooms/\(RESTClient.encoded(room))"
      rest.show(try await rest.call(.get, path), RoomCommand.print)
    }
  }
}

/// `stoa room end`.
struct RoomEndCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "End the session that goes on in a room.",
    discussion: """
      Examples:
        stoa room end team-a --dev
      """)

  @Argument(help: "Its id or custom id.") var room: String
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      let body: JSONValue = ["roomId": .string(room)]
      rest.show(try await rest.call(.post, "/v2/sessions/end", body), SessionCommand.print)
    }
  }
}

/// `stoa room disable`.
struct RoomDisableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Let nobody join a room any more, and end its session.",
    discussion: """
      Examples:
        stoa room disable team-a --dev
      """)

  @Argument(help: "Its id or custom id.") var room: String
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting { try await rest.setStatus("disabled", of: room) }
  }
}

/// `stoa room enable`.
struct RoomEnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Let people join a room that was disabled.",
    discussion: """
      Examples:
        stoa room enable team-a --dev
      """)

  @Argument(help: "Its id or custom id.") var room: String
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting { try await rest.setStatus("enabled", of: room) }
  }
}

extension RESTOptions {
  fileprivate func setStatus(_ status: String, of room: String) async throws {
    let path = "/v2/rooms/\(RESTClient.encoded(room))"
    show(try await call(.post, path, ["status": .string(status)]), RoomCommand.print)
  }
}
