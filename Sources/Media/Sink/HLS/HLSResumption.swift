/// Brings the folders of a broadcast whose process died to one state, so that it can go on.
///
/// Renditions were published one after the other, but the files of all were there before: what one playlist names, all
/// can name.
struct HLSResumption {
  /// How many processes have written to the folders before.
  let epoch: Int

  init(folders: inout [HLSFolder]) throws {
    let longest = folders.map(\.segments).max { $0.count < $1.count } ?? []
    for index in folders.indices {
      for segment in longest.dropFirst(folders[index].segments.count) {
        guard Files.exists("\(folders[index].path)/\(segment.uri)") else { break }
        try folders[index].append(segment)
      }
    }
    // A segment that was being made is ended with the parts that players may have seen.
    let next = (longest.last?.sequence ?? -1) &+ 1
    let open = folders.compactMap(\.state?.openSegment).filter { $0.sequence == next }
      .max { $0.parts.count < $1.parts.count }
    if var segment = open, !segment.parts.isEmpty {
      segment.nanoseconds = segment.parts.reduce(0) { $0 &+ $1.nanoseconds }
      var contents: [[UInt8]] = []
      for folder in folders {
        var bytes: [UInt8] = []
        for part in segment.parts where !part.uri.contains("/") {
          bytes += (try? Files.read("\(folder.path)/\(part.uri)")) ?? []
        }
        contents.append(bytes)
      }
      for (folder, bytes) in zip(folders, contents) {
        try folder.write(segment.uri, bytes, isDurable: true)
      }
      for index in folders.indices { try folders[index].append(segment.withoutParts) }
    }
    for folder in folders {
      for name in Files.names(in: folder.path) where name.hasPrefix("part-") {
        let number = name.dropFirst(5).prefix { $0.isNumber }
        guard let sequence = Int(number), sequence < next &- HLSWriter.segmentsKeepingPartFiles
        else { continue }
        Files.remove("\(folder.path)/\(name)")
      }
    }
    var epoch = 0
    while folders.contains(where: { Files.exists("\($0.path)/init-\(epoch).mp4") }) { epoch &+= 1 }
    self.epoch = epoch
  }
}
