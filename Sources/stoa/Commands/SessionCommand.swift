import ArgumentParser
import Signal
import StoaClient

/// `stoa session`: the sessions of a running server, over its REST API.
struct SessionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session",
    abstract: "List, show and end sessions of a running server.",
    discussion: """
      Key and secret come from the same flags, variables and stoa.yaml as those of `stoa serve`.

      Examples:
        stoa session list --dev --room team-a
        stoa session show 6741… --dev
        stoa session end 6741… --dev
      """,
    subcommands: [SessionListCommand.self, SessionShowCommand.self, SessionEndCommand.self])

  /// Prints a session and who was there.
  static func print(_ session: JSONValue) {
    Output.pairs([
      ("session", session.cell("id")), ("room", session.cell("roomId")),
      ("custom id", session.cell("customRoomId")), ("status", session.cell("status")),
      ("start", session.cell("start")), ("end", session.cell("end")),
      ("seconds", session.cell("activeDuration")),
    ])
    let rows = (session["participants"]?.elements ?? []).map { participant in
      let stays = participant["timelog"]?.elements ?? []
      return [
        participant.cell("participantId"), participant.cell("name"),
        stays.first?.cell("start") ?? "–", stays.last?.cell("end") ?? "–",
      ]
    }
    if !rows.isEmpty {
      Output.text("\n")
      Output.table(["PARTICIPANT", "NAME", "FIRST JOINED", "LAST LEFT"], rows)
    }
  }
}

/// `stoa session list`.
struct SessionListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List sessions, the newest first.",
    discussion: """
      Examples:
        stoa session list --dev
        stoa session list --dev --room team-a --json
      """)

  @Option(help: "Only those of this room, by its id or custom id.") var room: String?
  @OptionGroup var page: PageOptions
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      let filter = room.map { "&roomId=\(RESTClient.encoded($0))" } ?? ""
      rest.show(try await rest.call(.get, "/v2/sessions?\(page.query)\(filter)")) { answer in
        Output.table(
          ["SESSION", "ROOM", "STATUS", "START", "END", "PARTICIPANTS"],
          (answer["data"]?.elements ?? []).map { session in
            ["id", "roomId", "status", "start", "end", "participants"].map { session.cell($0) }
          })
        PageOptions.foot(answer)
      }
    }
  }
}

/// `stoa session show`.
struct SessionShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a session and who was there.",
    discussion: """
      Examples:
        stoa session show 67412345aaaaaaaaaaaaaaaa --dev
      """)

  @Argument(help: "Its id.") var session: String
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      let path = "/v2/sessions/\(RESTClient.encoded(session))"
      rest.show(try await rest.call(.get, path), SessionCommand.print)
    }
  }
}

/// `stoa session end`.
struct SessionEndCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "End a session for everybody.",
    discussion: """
      Examples:
        stoa session end 67412345aaaaaaaaaaaaaaaa --dev
      """)

  @Argument(help: "Its id.") var session: String
  @OptionGroup var rest: RESTOptions

  func run() async throws {
    await Failure.reporting {
      // The API ends the session of a room; which room it is, the session says.
      let found = try await rest.call(.get, "/v2/sessions/\(RESTClient.encoded(session))")
      let body: JSONValue = ["roomId": found["roomId"] ?? "", "sessionId": .string(session)]
      rest.show(try await rest.call(.post, "/v2/sessions/end", body), SessionCommand.print)
    }
  }
}
