/// The replay windows of the sources of one transport, found by SSRC.
///
/// A transport has few sources and packets come in bursts from one of them, so a scan that starts
/// with the last hit beats a dictionary. Grows when a source is added, never per packet.
struct SourceTable<let words: Int> {
  private var ssrcs: [UInt32] = []
  private var windows: [ReplayWindow<words>] = []
  private var last = 0

  var count: Int { ssrcs.count }

  /// Where the window of `ssrc` is; `nil` for a source not seen before.
  @inline(__always)
  mutating func index(of ssrc: UInt32) -> Int? {
    if last < ssrcs.count, ssrcs[last] == ssrc { return last }
    guard let found = ssrcs.firstIndex(of: ssrc) else { return nil }
    last = found
    return found
  }

  subscript(index: Int) -> ReplayWindow<words> {
    @inline(__always) _read { yield windows[index] }
    @inline(__always) _modify { yield &windows[index] }
  }

  /// Adds a source whose first packet proved authentic; the table must not be full.
  mutating func add(_ ssrc: UInt32, first index: UInt64) {
    var window = ReplayWindow<words>()
    window.insert(index)
    ssrcs.append(ssrc)
    windows.append(window)
  }

  mutating func remove(_ ssrc: UInt32) {
    guard let index = ssrcs.firstIndex(of: ssrc) else { return }
    ssrcs.remove(at: index)
    windows.remove(at: index)
  }
}
