import Control
import FoundationEssentials
import Glibc
package import Signal

extension Diagnosis {
  private static let gigabyte = 1 << 30
  /// A year in milliseconds since 1970 before which no clock of today is: 2025.
  private static let earliest: Int64 = 1_735_689_600_000
  /// Milliseconds by which the clock may be behind the store's last entry: a second adjusts it.
  private static let allowedStep: Int64 = 10_000

  /// Whether the data folder is there, writable, private, and has room.
  package static func data(_ folder: String) -> [Finding] {
    let subject = "data folder"
    guard let facts = FileFacts(folder) else {
      let parent = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/")
      let place = parent.isEmpty ? (folder.hasPrefix("/") ? "/" : ".") : parent
      return access(place, W_OK | X_OK) == 0
        ? [.fine(subject, "\(folder) will be made at the first start")]
        : [
          .problem(
            subject, "\(folder) does not exist and cannot be made",
            cure: "make \(place), writable for this user, or set data to another folder")
        ]
    }
    guard facts.isFolder else {
      return [.problem(subject, "\(folder) is no folder", cure: "set data to a folder")]
    }
    guard isWritable(folder) else {
      return [
        .problem(
          subject, "\(folder) is not writable for this user",
          cure: "chown it to the user that runs the server")
      ]
    }
    var findings: [Finding] = []
    if facts.mode & 0o077 != 0 {
      findings.append(
        .warning(
          subject, "others on this machine can look into \(folder)", cure: "chmod 700 \(folder)"))
    }
    var system = statvfs()
    guard statvfs(folder, &system) == 0 else { return findings }
    let free = Int(clamping: UInt64(system.f_bavail) &* UInt64(system.f_frsize))
    let text = "\(free >> 20) MiB free in \(folder)"
    switch free {
    case ..<(gigabyte / 10):
      findings.append(.problem("disk", text, cure: "free some space: soon nothing can be stored"))
    case ..<gigabyte: findings.append(.warning("disk", text, cure: "free some space"))
    default: findings.append(.fine("disk", text))
    }
    return findings
  }

  /// By doing it: permissions, read-only mounts and quotas all say so.
  private static func isWritable(_ folder: String) -> Bool {
    let probe = "\(folder)/.stoa-doctor-\(getpid())"
    let descriptor = open(probe, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    unlink(probe)
    return true
  }

  /// Whether the store can be read, is whole, of this version, and not from the future.
  package static func store(_ path: String, now: Timestamp) -> [Finding] {
    let subject = "store"
    guard let facts = FileFacts(path) else {
      return [.fine(subject, "none yet; the first start makes it")]
    }
    do {
      if try StoreBackup.isNewer(path) {
        return [
          .problem(
            subject, "\(path) was written by a newer version", cure: "run that version, or restore")
        ]
      }
      let faults = try StoreBackup.faults(of: path)
      guard faults.isEmpty else {
        return [
          .problem(
            subject, "\(path) is damaged: \(faults.prefix(2).joined(separator: "; "))",
            cure: "stop the server and restore a backup (docs/operations.md)")
        ]
      }
      var findings = [Finding.fine(subject, "\(path) is whole, \(facts.size >> 10) KiB")]
      if let last = try StoreBackup.lastHeartbeat(path),
        last > now.milliseconds &+ allowedStep
      {
        findings.append(
          .problem(
            "clock", "it is before the store's last entry", cure: "set the clock right (NTP)"))
      }
      return findings
    } catch {
      let isReadable = FileManager.default.isReadableFile(atPath: path)
      return [
        .problem(
          subject, "\(path) cannot be read: \(error.reason)",
          cure: isReadable
            ? "stop the server and restore a backup (docs/operations.md)"
            : "run as the user that runs the server")
      ]
    }
  }

  /// Whether the wall clock can be right: tokens and certificates are judged by it.
  package static func clock(_ now: Timestamp) -> Finding {
    guard now.milliseconds >= earliest else {
      return .problem(
        "clock", "the date lies years in the past", cure: "set the clock right (NTP)")
    }
    guard ClockState.isSynchronised != false else {
      return .warning(
        "clock", "the kernel says that nothing keeps it right; tokens are judged by it",
        cure: "run systemd-timesyncd, chrony or ntpd")
    }
    return .fine("clock", "plausible")
  }
}
