/// Who and what is in the room at one moment.
package struct Scene: Sendable {
  /// In the order in which they joined.
  ///
  /// Only those who can be seen: no viewers, no recorders.
  package var participants: [SceneParticipant]
  /// The ID of who is speaking, or did last.
  package var activeSpeaker: String?

  package init(participants: [SceneParticipant] = [], activeSpeaker: String? = nil) {
    self.participants = participants
    self.activeSpeaker = activeSpeaker
  }
}

/// One person as the compositor sees it.
package struct SceneParticipant: Sendable {
  package var id: String
  package var name: String
  /// The newest picture; the last one is drawn again as long as it is the same object.
  package var camera: VideoFrame?
  package var isCameraOn: Bool
  package var isMicOn: Bool
  package var isSpeaking: Bool
  package var screen: VideoFrame?
  package var isSharing: Bool
  package var isCameraPinned: Bool
  package var isScreenPinned: Bool

  package init(
    id: String, name: String, camera: VideoFrame? = nil, isCameraOn: Bool = false,
    isMicOn: Bool = false, isSpeaking: Bool = false, screen: VideoFrame? = nil,
    isSharing: Bool = false, isCameraPinned: Bool = false, isScreenPinned: Bool = false
  ) {
    self.id = id
    self.name = name
    self.camera = camera
    self.isCameraOn = isCameraOn
    self.isMicOn = isMicOn
    self.isSpeaking = isSpeaking
    self.screen = screen
    self.isSharing = isSharing
    self.isCameraPinned = isCameraPinned
    self.isScreenPinned = isScreenPinned
  }
}
