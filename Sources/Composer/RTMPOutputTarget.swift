internal import Glibc
internal import Media
internal import Signal

/// A livestream to one or more RTMP servers.
final class RTMPOutputTarget: OutputTarget {
  private let sink: RTMPSink
  /// Targets that may still come back.
  private var open: Set<Int>
  private var isFinishing = false
  private var isOver = false

  init(_ targets: [Signal.RTMPTarget], tracks: [EncodedTrack], bitrate: Int) throws(AVError) {
    open = Set(targets.indices)
    sink = try RTMPSink(
      targets: targets.map {
        Media.RTMPTarget(url: $0.url, streamKey: $0.streamKey, address: $0.address)
      }, tracks: tracks,
      settings: RTMPSettings(
        bitrate: bitrate, certificateAuthorityFile: Self.certificateAuthorityFile))
  }

  /// Authorities that are trusted besides the system's, in the variable by which other programs are told of them.
  private static var certificateAuthorityFile: String? {
    getenv("SSL_CERT_FILE").map { String(cString: $0) }
  }

  func write(_ packet: EncodedPacket) { sink.write(packet) }

  func finish() {
    isFinishing = true
    sink.finish()
  }

  func takeKeyframeWish() -> Bool { sink.takeKeyframeWish() }

  func takeNews() -> [OutputNews] {
    var news: [OutputNews] = []
    for event in sink.events.drain() {
      switch event.state {
      case .connecting: news.append(.target(index: event.index, state: .connecting, reason: nil))
      case .live: news.append(.target(index: event.index, state: .live, reason: nil))
      case .retrying(let failure):
        news.append(.target(index: event.index, state: .retrying, reason: failure.reason))
      case .failed(let failure):
        open.remove(event.index)
        news.append(.target(index: event.index, state: .failed, reason: failure.reason))
      case .ended: open.remove(event.index)
      }
    }
    if open.isEmpty, !isOver {
      isOver = true
      news.append(isFinishing ? .finished([]) : .failed("no server takes the stream", []))
    }
    return news
  }
}
