import Control
import FoundationEssentials
import Glibc
import Logging
import NIOPosix
import ServiceLifecycle

/// Looks how full the data folder's disk is, so that no output begins to fill it, and records find room.
struct DiskWatch: Service {
  /// Free bytes below which nothing begins on any disk.
  static let reserve: Int64 = 1 << 30
  private static let interval = Duration.seconds(1)

  let folder: String
  let reservePercent: Int
  let capacity: OutputCapacity
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      repeat { await look() } while (try? await Task.sleep(for: Self.interval)) != nil
    }
  }

  private func look() async {
    let folder = folder
    let ballast = DiskBallast(path: folder + "/ballast")
    let seen = try? await NIOThreadPool.singleton.runIfActive {
      let space = DiskSpace(of: folder)
      return (space, space.flatMap { ballast.adjust(to: $0) })
    }
    guard let (seenSpace, change) = seen, let space = seenSpace else { return }
    if change == .givenUp {
      logger.error("the disk is full: the room kept for records is given up; make room soon")
    }
    let isFull = space.isFull(reservePercent: reservePercent)
    guard isFull != capacity.isDiskFull else { return }
    capacity.isDiskFull = isFull
    let metadata: Logger.Metadata = ["free MiB": "\(space.free >> 20)"]
    if isFull {
      logger.error("the disk is nearly full: no recording or broadcast begins", metadata: metadata)
    } else {
      logger.notice("the disk has room again", metadata: metadata)
    }
  }
}

/// Bytes of the disk that a folder lies on.
package struct DiskSpace: Equatable, Sendable {
  package let total: Int64
  /// For this user.
  package let free: Int64

  package init(total: Int64, free: Int64) {
    self.total = total
    self.free = free
  }

  /// `nil` if the folder is not there.
  init?(of folder: String) {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let unit = Int64(clamping: status.f_frsize)
    total = unit.multipliedReportingOverflow(by: Int64(clamping: status.f_blocks)).partialValue
    free = unit.multipliedReportingOverflow(by: Int64(clamping: status.f_bavail)).partialValue
  }

  package func isFull(reservePercent: Int) -> Bool {
    free < DiskWatch.reserve || free / 100 < total / 10_000 &* Int64(reservePercent)
  }
}
