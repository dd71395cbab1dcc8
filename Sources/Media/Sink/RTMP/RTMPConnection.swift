internal import CFFmpeg
internal import Glibc
internal import Synchronization

/// One connection to an RTMP server, from the handshake to the last packet.
///
/// The only place where this module has a socket and reads a clock: libav's. One thread at a time owns it, but any may
/// cancel it.
final class RTMPConnection {
  /// How long connecting, TLS and RTMP's handshake may take together.
  static let connectSeconds = 10.0
  /// How long a packet may take to leave.
  ///
  /// Before it has to wait at all, buffers here and there have to fill, which takes
  /// 10 s and more: together they have to stay below 30.
  static let writeSeconds = 6.0
  /// How long saying goodbye may take.
  static let closeSeconds = 2.0

  /// Ends whatever the connection waits for.
  final class Cancellation: Sendable {
    /// Monotonic nanoseconds after which libav gives up.
    private let deadline = Atomic<Int64>(.max)
    let isCancelled = Atomic<Bool>(false)

    func allow(seconds: Double) {
      deadline.store(
        RTMPConnection.now &+ Int64(seconds * 1e9), ordering: .relaxed)
    }

    var isPast: Bool {
      RTMPConnection.now > deadline.load(ordering: .relaxed)
        || isCancelled.load(ordering: .relaxed)
    }
  }

  /// How far the connection has come.
  private enum Stage { case connecting, handshaking, joining, publishing }

  private let context: UnsafeMutablePointer<AVFormatContext>
  private let cancellation: Cancellation
  private let tracks: [EncodedTrack]
  private var hasHeader = false

  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// Connects, publishes, and sends the sequence headers.
  init(
    to location: RTMPLocation, address: String?, tracks: [EncodedTrack],
    settings: RTMPSettings, cancellation: Cancellation
  ) throws(RTMPFailure) {
    LibavTrace.redirect()
    var created: UnsafeMutablePointer<AVFormatContext>?
    guard avformat_alloc_output_context2(&created, nil, "flv", nil) >= 0, let context = created
    else { throw .unreachable("no memory") }
    self.context = context
    self.cancellation = cancellation
    self.tracks = tracks
    do throws(AVError) {
      for track in tracks {
        guard let stream = avformat_new_stream(context, nil) else {
          throw AVError(-ENOMEM, "add a track")
        }
        stream.pointee.time_base = AVRational(num: 1, den: 1000)
        try track.describe(to: stream.pointee.codecpar)
        stream.pointee.codecpar.pointee.bit_rate = Int64(track.isVideo ? settings.bitrate : 128_000)
      }
    } catch { throw .unreachable(error.description) }
    context.pointee.avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED
    context.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS
    try open(location, address, settings)
    cancellation.allow(seconds: Self.writeSeconds)
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "flvflags", "no_duration_filesize", 0)
    let result = avformat_write_header(context, &options)
    guard result >= 0 else { throw failure(result) }
    hasHeader = true
  }

  deinit {
    cancellation.allow(seconds: Self.closeSeconds)
    if hasHeader { av_write_trailer(context) }
    avio_closep(&context.pointee.pb)
    avformat_free_context(context)
  }

  private func open(
    _ location: RTMPLocation, _ address: String?, _ settings: RTMPSettings
  ) throws(RTMPFailure) {
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    av_dict_set(&options, "rtmp_app", location.application, 0)
    av_dict_set(&options, "rtmp_playpath", location.streamKey, 0)
    av_dict_set(&options, "rtmp_tcurl", location.tcURL, 0)
    av_dict_set(&options, "tcp_nodelay", "1", 0)
    // What the kernel holds for a receiver that has stopped is found out about only when it is full: one second's
    // worth, which the kernel doubles.
    let buffer = min(max(settings.bitrate / 8, 32_768), 1 << 20)
    av_dict_set(&options, "send_buffer_size", "\(buffer)", 0)
    if location.isEncrypted {
      // The name in the certificate is the URL's, although the connection goes to an address.
      av_dict_set(&options, "verifyhost", location.host, 0)
      av_dict_set(&options, "tls_verify", "1", 0)
      if let file = settings.certificateAuthorityFile {
        av_dict_set(&options, "ca_file", file, 0)
      }
    }
    var interrupt = AVIOInterruptCB(
      callback: { opaque in
        guard let opaque else { return 0 }
        return Unmanaged<Cancellation>.fromOpaque(opaque).takeUnretainedValue().isPast ? 1 : 0
      }, opaque: Unmanaged.passUnretained(cancellation).toOpaque())
    cancellation.allow(seconds: Self.connectSeconds)
    var stage = Stage.connecting
    var isUntrusted = false
    let url = location.connectURL(address: address)
    let result = LibavTrace.observing({ template in
      if template.begins("Handshaking") {
        stage = .handshaking
      } else if template.begins("Proto = ") {
        stage = .joining
      } else if template.begins("Sending publish command") {
        stage = .publishing
      } else if template.begins("Unable to verify peer certificate")
        || template.begins("Peer certificate failed verification")
        || template.begins("The certificate's owner does not match")
      {
        isUntrusted = true
      }
    }) {
      avio_open2(&context.pointee.pb, url, AVIO_FLAG_WRITE, &interrupt, &options)
    }
    guard result < 0 else { return }
    if isUntrusted { throw .untrusted }
    let text = result == stoa_averror_exit ? "no answer in time" : Self.text(result)
    switch stage {
    case .connecting: throw .unreachable(text)
    case .handshaking: throw result == stoa_averror_exit ? .unreachable(text) : .notRTMP
    case .joining: throw result == stoa_averror_exit ? .unreachable(text) : .unknownApplication
    case .publishing: throw result == stoa_averror_exit ? .unreachable(text) : .refused
    }
  }

  /// Sends a packet.
  ///
  /// - Throws: `lost` or `stalled`; the connection is of no more use then.
  func write(_ packet: EncodedPacket) throws(RTMPFailure) {
    guard let index = tracks.firstIndex(where: { $0.id == packet.trackID }),
      let stream = context.pointee.streams[index]
    else { return }
    cancellation.allow(seconds: Self.writeSeconds)
    do throws(AVError) {
      try packet.withReference { reference throws(AVError) in
        reference.pointee.stream_index = Int32(index)
        av_packet_rescale_ts(
          reference, AVRational(num: 1, den: Int32(tracks[index].timescale)),
          stream.pointee.time_base)
        try AVError.check(av_write_frame(context, reference), "send a packet")
      }
    } catch { throw failure(error.code) }
  }

  private func failure(_ code: Int32) -> RTMPFailure {
    // The interrupted write leaves its own code or the one of the callback.
    if cancellation.isPast { return .stalled(seconds: Int(Self.writeSeconds)) }
    return .lost(Self.text(code))
  }

  /// The system's words for a code, which name neither URL nor key.
  private static func text(_ code: Int32) -> String {
    if code == stoa_averror_eof { return "the server closed it" }
    var text = [CChar](repeating: 0, count: 128)
    av_strerror(code, &text, text.count)
    return String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension UnsafePointer<CChar> {
  fileprivate func begins(_ prefix: StaticString) -> Bool {
    strncmp(
      self, UnsafeRawPointer(prefix.utf8Start).assumingMemoryBound(to: CChar.self),
      prefix.utf8CodeUnitCount) == 0
  }
}
