import Foundation
import Media

/// Folders as a killed process leaves them.
enum CrashedRecording {
  /// A part file's bytes, and where its fragments end.
  static func part(
    _ packets: [EncodedPacket], tracks: [EncodedTrack], container: FragmentMuxer.Container
  ) throws -> (bytes: [UInt8], ends: [Int]) {
    let muxer = try FragmentMuxer(container: container, tracks: tracks)
    var interleaver = PacketInterleaver(tracks: tracks)
    var ready: [EncodedPacket] = []
    for packet in packets { interleaver.add(packet, into: &ready) }
    interleaver.drain(into: &ready)
    var bytes = muxer.header
    var ends: [Int] = []
    var start: Int64?
    for packet in ready {
      guard let track = tracks.first(where: { $0.id == packet.trackID }) else { continue }
      let time = track.nanoseconds(packet.dts)
      if let begun = start, time - begun >= 500_000_000 {
        bytes += try muxer.takeFragment()
        ends.append(bytes.count)
        start = nil
      }
      try muxer.add(packet)
      start = start ?? time
    }
    bytes += try muxer.takeFragment()
    ends.append(bytes.count)
    return (bytes, ends)
  }

  /// Replaces a folder's content by a journal with one part.
  static func write(
    _ bytes: [UInt8], tracks: [EncodedTrack], container: FragmentMuxer.Container, to folder: String
  ) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    let header = try JSONEncoder().encode(tracks)
    let journal =
      #"{"recording":{"container":"\#(container.rawValue)","startedAtMilliseconds":1000000}}"#
      + "\n"
      + #"{"part":{"file":"part-0.\#(container.rawValue)","index":0,"startedAtMilliseconds":1000000,"tracks":"#
      + String(decoding: header, as: UTF8.self) + "}}\n{\"fragm"
    try Data(journal.utf8).write(to: URL(filePath: "\(folder)/journal.jsonl"))
    try Data(bytes).write(to: URL(filePath: "\(folder)/part-0.\(container.rawValue)"))
  }
}
