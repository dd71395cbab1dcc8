/// When an upload that failed is tried again, and when it is given up.
package struct UploadSchedule: Sendable, Equatable {
  /// Milliseconds before the n-th further attempt; then the last one again.
  private static let delays: [Int64] = [5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000]
  /// Milliseconds after the first failure in which one that looks temporary may pass: a storage that is down
  /// over a long weekend misses nothing.
  private static let patience: Int64 = 3 * 86_400_000

  private let longest: Int64

  /// - Parameter longestSeconds: no wait is longer; at least 1.
  package init(longestSeconds: Int = 1_800) {
    longest = Int64(clamping: max(1, min(longestSeconds, 86_400))) * 1_000
  }

  /// Milliseconds until the next attempt, `nil` to give it up.
  ///
  /// - Parameters:
  ///   - failures: until now, this one among them.
  ///   - first: when the first one was, in Unix milliseconds.
  ///   - now: the wall clock's time, likewise.
  package func delay(after failures: Int, since first: Int64, at now: Int64) -> Int64? {
    guard now &- first < Self.patience else { return nil }
    let regular = Self.delays[max(0, min(failures, Self.delays.count) - 1)]
    // An operator who allows longer waits means the last ones.
    return failures > Self.delays.count ? longest : min(regular, longest)
  }
}
