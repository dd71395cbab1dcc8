internal import CLinux
package import Wire

extension MonotonicTime {
  /// The system's monotonic clock; does not count time the machine was suspended.
  package static var now: MonotonicTime {
    MonotonicTime(nanoseconds: stoa_monotonic_nanoseconds())
  }
}

extension NTPTime {
  /// The system's wall clock; it may jump.
  package static var now: NTPTime { NTPTime(unixNanoseconds: stoa_unix_nanoseconds()) }
}
