/// How much one key, tenant, room or participant may use; 0 is no limit.
package struct QuotaLimits: Sendable, Equatable {
  /// Rooms of one tenant that are not disabled.
  package var roomsPerTenant = 100_000
  /// Participants that are in rooms, or enter, with tokens of one key.
  package var participantsPerKey = 10_000
  /// REST requests with tokens of one key, per second.
  package var requestsPerSecond = 500
  /// Messages that one participant publishes, per second.
  package var messagesPerSecond = 100
  /// Messages that are published in one room, per second.
  package var roomMessagesPerSecond = 2_000

  package init() {}

  package static let standard = QuotaLimits()

  package static let none: QuotaLimits = {
    var limits = QuotaLimits()
    limits.roomsPerTenant = 0
    limits.participantsPerKey = 0
    limits.requestsPerSecond = 0
    limits.messagesPerSecond = 0
    limits.roomMessagesPerSecond = 0
    return limits
  }()
}
