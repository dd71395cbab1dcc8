import FoundationEssentials
import NIOHTTP1
package import Signal
package import Wire

/// What a server that a stranger named has answered.
package struct OutboundReply: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  /// At most as many bytes of it as the client reads.
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }

  /// For how long `Retry-After` asks to wait: seconds, or a date (RFC 9110 §10.2.3).
  package func retryAfter(at now: Timestamp) -> Nanoseconds? {
    guard let text = header("retry-after")?.trimmingSpaces else { return nil }
    // No more than a year of seconds: nothing overflows.
    if let seconds = Int64(text) { return .seconds(min(max(seconds, 0), 31_536_000)) }
    guard let date = Self.date(text) else { return nil }
    let wait = min(max(date.milliseconds &- now.milliseconds, 0), 31_536_000_000)
    return .milliseconds(wait)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `Wed, 21 Oct 2026 07:28:00 GMT`.
  private static func date(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2,
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp(text: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}

/// Why there is no reply.
package enum OutboundFailure: Error, Equatable, Sendable {
  /// The policy does not permit the target.
  case refused(String)
  case unreachable(String)
  case timeout

  /// For the owner of the target.
  package var problem: String {
    switch self {
    case .refused(let problem): "the URL \(problem)"
    case .unreachable(let problem): problem
    case .timeout: "no answer in time"
    }
  }
}
