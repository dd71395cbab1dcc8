import FoundationEssentials
import Glibc
import StoaClient

/// Shows a load run: one line that is rewritten on a terminal, single lines elsewhere.
struct LoadDisplay: Sendable {
  let isQuiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func show(_ progress: LoadRun.Progress) {
    switch progress {
    case .ready:
      // For scripts, which wait for it; never mixed with JSON.
      if !isQuiet {
        print("READY")
        fflush(nil)
      }
    case .joining(let connected, let all):
      if isTerminal { line("joining: \(connected) of \(all)") }
    case .measuring(let report):
      line(
        "\(Self.text(report.seconds, 0)) s: \(report.connected) connected, "
          + "in \(Self.rate(report.receivedBitsPerSecond)), lost \(report.packetsLost), "
          + "delay p50 \(Self.text(report.latency.p50)) p99 \(Self.text(report.latency.p99)) ms")
    }
  }

  func line(_ text: String) {
    guard !isQuiet else { return }
    let whole = isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n"
    _ = whole.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  func finish(_ report: LoadReport) {
    if isTerminal { line("") }
    print(
      """
      participants  \(report.connected) of \(report.participants) connected, \
      \(report.disconnected) lost during the run
      join          \(Self.text(report.join))
      media         \(Self.text(report.connect))
      sent          \(report.packetsSent) packets, \(Self.rate(report.sentBitsPerSecond))
      received      \(report.packetsReceived) packets, \(Self.rate(report.receivedBitsPerSecond))
      lost          \(report.packetsLost), repaired \(report.packetsRepaired), \
      duplicates \(report.duplicates)
      delay         \(Self.text(report.latency))
      this process  \(Self.text(report.clientCPUSeconds)) s CPU in \
      \(Self.text(report.seconds)) s, packets left at most \
      \(Self.text(report.worstSendDelay)) ms late
      """)
    for error in report.errors { print("error         \(error)") }
  }

  static func json(_ report: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    // A struct of numbers and strings always encodes.
    return (try? encoder.encode(report)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  static func text(_ times: LoadReport.Percentiles) -> String {
    "p50 \(text(times.p50)), p95 \(text(times.p95)), p99 \(text(times.p99)), "
      + "max \(text(times.max)) ms"
  }

  private static func rate(_ bitsPerSecond: Double) -> String {
    "\(text(bitsPerSecond / 1_000_000, 1)) Mbit/s"
  }

  /// With two decimals.
  static func number(_ value: Double) -> String { text(value) }

  /// With a fixed number of decimals, 0 to 3.
  private static func text(_ value: Double, _ decimals: Int = 2) -> String {
    let scale = [1.0, 10, 100, 1_000][decimals]
    let rounded = (abs(value) * scale).rounded()
    let whole = Int64(exactly: (rounded / scale).rounded(.down)) ?? 0
    let sign = value < 0 && rounded > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let rest = Int64(rounded - Double(whole) * scale)
    let digits = String(rest)
    return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
  }
}
