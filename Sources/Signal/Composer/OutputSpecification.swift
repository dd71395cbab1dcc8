/// One output of a session, as its composer is asked for it.
package struct OutputSpecification: Codable, Equatable, Sendable {
  /// 24 hexadecimal digits.
  package var id: String
  /// How many composers of this session died while the output went on.
  package var attempt: Int
  package var kind: OutputKind
  /// `nil` for participant and track recordings, which are not drawn.
  package var composition: CompositionSpecification?
  /// Absolute; exists and is the output's alone.
  package var folder: String
  package var limits: OutputLimits

  package init(
    id: String, attempt: Int = 0, kind: OutputKind, composition: CompositionSpecification? = nil,
    folder: String, limits: OutputLimits = OutputLimits()
  ) {
    self.id = id
    self.attempt = attempt
    self.kind = kind
    self.composition = composition
    self.folder = folder
    self.limits = limits
  }
}

/// How large one output may grow; it ends, whole, at the first of them.
package struct OutputLimits: Codable, Equatable, Sendable {
  package var maximumSeconds: Int
  package var maximumBytes: Int64

  /// A day, and what a day of 1080p is.
  package init(maximumSeconds: Int = 86_400, maximumBytes: Int64 = 64 << 30) {
    self.maximumSeconds = maximumSeconds
    self.maximumBytes = maximumBytes
  }
}

/// What an output is.
package enum OutputKind: Codable, Equatable, Sendable {
  /// `recording.<format>` in the folder, audio alone if `audioOnly`.
  case recording(format: RecordingFormat, audioOnly: Bool)
  case rtmp(targets: [RTMPTarget])
  /// `index.m3u8` and `live.m3u8` in the folder, each rendition in a folder of its name; no rendition: audio alone.
  case hls(renditions: [HLSRendition])
  case participantRecording(participantID: String, format: RecordingFormat)
  case trackRecording(participantID: String, kind: RecordedTrackKind, format: RecordingFormat)
  case compositeRecording(
    participants: [CompositeParticipant], watermarks: [Watermark], format: RecordingFormat)
  /// No live room: two sides of a finished session become left and right of one file.
  case merge(left: [MergeSource], right: [MergeSource])
}

package enum RecordingFormat: String, Codable, Sendable, CaseIterable { case mp4, webm }

/// Where a livestream goes.
package struct RTMPTarget: Codable, Equatable, Sendable {
  /// `rtmp://host[:port]/application` or `rtmps:`.
  package var url: String
  /// A secret: in no log, event or error.
  package var streamKey: String
  /// Numeric, of the host as it was resolved and permitted; `nil`: resolve it anew.
  package var address: String?

  package init(url: String, streamKey: String, address: String? = nil) {
    self.url = url
    self.streamKey = streamKey
    self.address = address
  }
}

/// One quality of an HLS output.
package struct HLSRendition: Codable, Equatable, Sendable {
  /// Its folder: `720p`.
  package var name: String
  /// Pixels.
  package var width: Int
  package var height: Int
  package var bitsPerSecond: Int

  package init(name: String, width: Int, height: Int, bitsPerSecond: Int) {
    self.name = name
    self.width = width
    self.height = height
    self.bitsPerSecond = bitsPerSecond
  }
}

/// Which track of a participant is recorded, in the words of the REST surface.
package enum RecordedTrackKind: String, Codable, Sendable, CaseIterable {
  case audio, video
  case screenAudio = "screen_audio"
  case screenVideo = "screen_video"
}

/// Who is in a composite recording, with what.
package struct CompositeParticipant: Codable, Equatable, Sendable {
  package var participantID: String
  package var kinds: [RecordedTrackKind]

  package init(participantID: String, kinds: [RecordedTrackKind]) {
    self.participantID = participantID
    self.kinds = kinds
  }

  private enum CodingKeys: String, CodingKey {
    case participantID = "participantId"
    case kinds
  }
}

/// What lies over a composite recording.
package struct Watermark: Codable, Equatable, Sendable {
  /// Absolute; PNG, JPEG or WebP.
  package var imagePath: String?
  package var text: String?
  /// Where the picture is to be fetched; composers never see it.
  package var imageURL: String?

  package init(imagePath: String? = nil, text: String? = nil, imageURL: String? = nil) {
    self.imagePath = imagePath
    self.text = text
    self.imageURL = imageURL
  }
}

/// A finished file that a merge takes the sound of.
package struct MergeSource: Codable, Equatable, Sendable {
  /// Absolute.
  package var path: String
  /// When it begins, after the earliest of all sources.
  package var offsetMilliseconds: Int64
  /// Whose it is, and out of which recording; the composer does not ask.
  package var participantID: String?
  package var recordingID: String?
  package var isTrack: Bool?

  package init(
    path: String, offsetMilliseconds: Int64, participantID: String? = nil,
    recordingID: String? = nil, isTrack: Bool? = nil
  ) {
    self.path = path
    self.offsetMilliseconds = offsetMilliseconds
    self.participantID = participantID
    self.recordingID = recordingID
    self.isTrack = isTrack
  }
}
