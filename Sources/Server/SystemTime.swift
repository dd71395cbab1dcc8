package import Control
import FoundationEssentials
import Signal
import UDP
import Wire

/// The clocks of this machine.
package enum SystemTime {
  /// Reads both clocks.
  package static let source: TimeSource = {
    Moment(monotonic: MonotonicTime.now, wall: Timestamp(seconds: Date.now.timeIntervalSince1970))
  }
}
