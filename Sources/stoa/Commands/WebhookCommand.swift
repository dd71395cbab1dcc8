import ArgumentParser
import Control
import Server
import Signal

/// `stoa webhook`: what became of webhooks, from the data folder; also while the server runs.
struct WebhookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhook",
    abstract: "Look at webhook deliveries, and have them sent again.",
    discussion: """
      Works on the data folder, also while the server runs; a running server notices within seconds.

      Examples:
        stoa webhook list --state dead
        stoa webhook show 4711
        stoa webhook redeliver 4711
        stoa webhook redeliver --dead --room abcd-efgh-ijkl
        stoa webhook secret --api-key mykey
      """,
    subcommands: [
      WebhookListCommand.self, WebhookShowCommand.self, WebhookRedeliverCommand.self,
      WebhookSecretCommand.self,
    ])
}

struct WebhookListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List deliveries, newest first.")

  @Option(help: "Only these: waiting, delivered or dead.") var state: DeliveryState?
  @Option(help: "Only those of this room, by its id.") var room: String?
  @Option(help: "Only those of this session.") var session: String?
  @Option(help: "How many.") var count = 50
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    await Failure.reporting {
      let store = try await SQLiteStore(settings)
      let filter = DeliveryFilter(
        state: state?.state, roomID: room.map { RoomID($0) },
        sessionID: session.map { SessionID($0) })
      let page = PageRequest(page: nil, perPage: "\(max(count, 1))") ?? .first
      let found = try await store.deliveries(tenant: nil, filter, page)
      for delivery in found.elements {
        var line = [
          "\(delivery.number)", delivery.state.rawValue, delivery.createdAt.text,
          delivery.event.type, delivery.lane.roomID.rawValue, delivery.lane.endPoint,
          "attempts=\(delivery.attempts)",
        ]
        if let next = delivery.nextAttemptAt { line.append("next=\(next.text)") }
        if let error = delivery.lastError { line.append("(\(error))") }
        print(line.joined(separator: "  "))
      }
      print("\(found.elements.count) of \(found.total)")
    }
  }
}

struct WebhookShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print one delivery with its body, as JSON.")

  @Argument(help: "The number that `list` shows first.") var delivery: Int64
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    await Failure.reporting {
      guard let found = try await SQLiteStore(settings).delivery(delivery, tenant: nil) else {
        throw ConfigurationError("\(delivery)", "there is no such delivery")
      }
      let resource = WebhookDeliveryResource(found, showsBody: true)
      print(String(decoding: SignalJSON.encode(resource), as: UTF8.self))
    }
  }
}

struct WebhookRedeliverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redeliver", abstract: "Have deliveries sent again, from the first attempt on.")

  @Argument(help: "The number that `list` shows first.") var delivery: Int64?
  @Flag(help: "All that were given up.") var dead = false
  @Option(help: "Only those of this room, by its id; with --dead.") var room: String?
  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func validate() throws {
    guard (delivery != nil) != dead else {
      throw ValidationError("Name one delivery, or say --dead for all that were given up.")
    }
  }

  func run() async throws {
    await Failure.reporting {
      let selection: RedeliverySelection =
        if let delivery { .one(delivery) } else { .all(.dead, room: room.map { RoomID($0) }) }
      let count = try await SQLiteStore(settings).redeliver(
        selection, tenant: nil, by: AuditRecord.commandLine, at: SystemTime.source().wall)
      guard count > 0 || dead else {
        throw ConfigurationError("\(delivery ?? 0)", "there is no such delivery")
      }
      print("\(count)")
    }
  }
}

struct WebhookSecretCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secret", abstract: "Print the secret that an API key's webhooks are signed with.")

  @OptionGroup(visibility: .hidden) var settings: SettingOptions

  func run() async throws {
    await Failure.reporting {
      let credential = try Configuration.Credential(settings)
      let store = try await SQLiteStore(settings)
      guard let tenant = try await store.tenantsByKey()[credential.key] else {
        throw ConfigurationError(
          credential.key, "the server has not been started with this key yet")
      }
      print(try await store.webhookSecret(tenant: tenant, at: SystemTime.source().wall))
    }
  }
}

/// A delivery's state, as an argument.
struct DeliveryState: ExpressibleByArgument {
  let state: WebhookDelivery.State

  init?(argument: String) {
    guard let state = WebhookDelivery.State(rawValue: argument) else { return nil }
    self.state = state
  }

  static var allValueStrings: [String] { WebhookDelivery.State.allCases.map(\.rawValue) }
}
