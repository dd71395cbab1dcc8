import FoundationEssentials
import Glibc

/// What the kernel says of one process at one moment (proc(5)).
struct ProcessReading: Sendable, Equatable {
  var residentBytes = 0
  var openDescriptors = 0
  var threads = 0
  /// User and system time of all its threads, in seconds.
  var cpuSeconds = 0.0

  /// `nil` if there is no such process, or it is another user's.
  init?(processID: Int32) {
    let folder = "/proc/\(processID)"
    guard let stat = Self.text("\(folder)/stat"),
      let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd")
    else { return nil }
    // The name may hold anything, spaces and brackets too: what follows starts at the last bracket.
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    // Fields 14, 15, 20 and 24 of proc_pid_stat(5), counted from the third on.
    guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
      let threads = Int(fields[17]), let pages = Int(fields[21])
    else { return nil }
    openDescriptors = descriptors.count
    self.threads = threads
    cpuSeconds = (user + system) / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    let (bytes, overflows) = pages.multipliedReportingOverflow(by: Int(getpagesize()))
    residentBytes = overflows ? 0 : bytes
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
