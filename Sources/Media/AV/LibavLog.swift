internal import CFFmpeg

/// What libav writes to the standard error output: nothing.
///
/// Strangers' packets would fill the log. What fails is thrown as an `AVError`, and whoever catches it
/// decides whether it is worth a line.
enum LibavLog {
  static let silence: Void = av_log_set_level(AV_LOG_QUIET)
}
