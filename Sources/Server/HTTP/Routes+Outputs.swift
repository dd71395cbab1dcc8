import Control
import HTTPTypes
import Hummingbird
import NIOCore
import Signal

extension RouteTable {
  /// Recordings, livestreams and HLS.
  static func outputs(
    _ directory: RoomDirectory, _ files: OutputFiles, _ storage: ObjectStorage
  ) -> [Route] {
    roomRecordings(directory, files)
      + otherRecordings(directory, files) + livestreams(directory) + hls(directory, files)
      + [downloadOutput(directory, files, storage)]
  }

  // MARK: Parts that are alike

  /// The body of a request that names a room, apart from what is to be composed.
  private struct RoomReference: Decodable {
    var roomId: String
    var participantId: String?
    var kind: RecordedTrackKind?
  }

  private static func start(
    _ path: String, _ operation: Operation, _ type: OutputType, _ summary: String,
    body: Schema, named name: String? = nil, says text: String, _ directory: RoomDirectory
  ) -> Route {
    Route(
      .post, path, operation,
      .init(
        summary, in: .outputs, body: body, answer: .content(["text/plain"]),
        refusals: [404, 409]), named: name
    ) { request in
      let output = try await begin(type, request, directory)
      var response = plain(text)
      // What the text does not say: which one it is.
      response.headers[.location] = output.id
      return response
    }
  }

  private static func begin(
    _ type: OutputType, _ request: APIRequest, _ directory: RoomDirectory
  ) async throws -> OutputRecord {
    let json = try await request.decode(JSONValue.self)
    let room = try read(RoomReference.self, json).roomId
    return try await directory.startOutput(
      type, room: room, try read(StartOutputRequest.self, json), try request.access)
  }

  /// One body, read as two things.
  private static func read<Value: Decodable>(
    _ type: Value.Type, _ json: JSONValue
  ) throws(HTTPFailure) -> Value {
    do {
      return try SignalJSON.decode(type, from: SignalJSON.encode(json))
    } catch {
      throw .invalidParameter("The body is refused: \(SignalJSON.explanation(of: error)).")
    }
  }

  private static func stop(
    _ paths: [String], _ operation: Operation, _ type: OutputType, _ summary: String,
    body: Schema, named name: String? = nil, says text: String, _ directory: RoomDirectory
  ) -> [Route] {
    paths.enumerated().map { index, path in
      let base = name ?? operation.rawValue
      return Route(
        .post, path, operation,
        .init(
          summary, in: .outputs, body: body, answer: .content(["text/plain"]),
          refusals: [404, 409]), named: index == 0 ? name : base + "Too"
      ) { request in
        let body = try await request.decode(RoomReference.self)
        try await directory.stopOutputs(
          type, room: body.roomId,
          OutputSelection(participantID: body.participantId, trackKind: body.kind),
          try request.access)
        return plain(text)
      }
    }
  }

  private static func list(
    _ path: String, _ operation: Operation, _ type: OutputType, _ summary: String,
    of schema: Schema, named name: String? = nil, _ directory: RoomDirectory
  ) -> Route {
    Route(
      .get, path, operation,
      .init(
        summary, in: .outputs,
        query: [
          .init("roomId", .string, "Only those of this room."),
          .init("sessionId", .string, "Only those of this session."),
          .init("participantId", .string, "Only those of this participant."),
        ], answer: .page(schema), refusals: [404]), named: name
    ) { request in
      let query = request.target.query
      return .json(
        try await directory.outputs(
          type, room: query["roomId"] ?? query["customRoomId"], session: query["sessionId"],
          participantID: query["participantId"], try request.page(), try request.access))
    }
  }

  private static func show(
    _ path: String, _ operation: Operation, _ type: OutputType, _ summary: String,
    of schema: Schema, named name: String? = nil, _ directory: RoomDirectory
  ) -> Route {
    Route(
      .get, path, operation,
      .init(summary, in: .outputs, answer: .json(schema)), named: name
    ) { request in
      .json(
        directory.resource(
          try await directory.output(type, request.parameter("outputId"), try request.access)))
    }
  }

  private static func delete(
    _ path: String, _ operation: Operation, _ type: OutputType, _ summary: String,
    named name: String? = nil, says text: String, _ directory: RoomDirectory,
    _ files: OutputFiles
  ) -> Route {
    Route(
      .delete, path, operation,
      .init(summary, in: .outputs, answer: .content(["text/plain"]), refusals: [409]),
      named: name
    ) { request in
      let output = try await directory.deleteOutput(
        type, request.parameter("outputId"), try request.access)
      await files.remove(output)
      return plain(text)
    }
  }

  private static func plain(_ text: String) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  // MARK: Recordings

  private static func roomRecordings(
    _ directory: RoomDirectory, _ files: OutputFiles
  ) -> [Route] {
    [
      start(
        "/v2/recordings/start", .startRoomRecording, .recording, "Record a meeting.",
        body: .startRecording, says: "Recording started successfully", directory)
    ]
      + stop(
        ["/v2/recordings/end", "/v2/recordings/stop"], .stopRoomRecording, .recording,
        "End the recording of a meeting.", body: .stopOutput,
        says: "Recording ended successfully", directory)
      + [
        list(
          "/v2/recordings", .listRecordings, .recording, "List the recordings of meetings.",
          of: .recording, directory)
      ]
  }

  private static func otherRecordings(
    _ directory: RoomDirectory, _ files: OutputFiles
  ) -> [Route] {
    recordings(
      "/v2/recordings/participant/track", .trackRecording, "Track",
      body: .startTrackRecording, stopBody: .stopTrackRecording,
      said: ("track recording started successfully.", "track recording stopped successfully."),
      directory, files)
      + merges(directory, files)
      + recordings(
        "/v2/recordings/participant", .participantRecording, "Participant",
        body: .startParticipantRecording, stopBody: .stopParticipantRecording,
        said: (
          "participant recording started successfully.",
          "participant recording stopped successfully."
        ), directory, files)
      + recordings(
        "/v2/recordings/composite", .compositeRecording, "Composite",
        body: .startCompositeRecording, stopBody: .stopOutput,
        said: (
          "composite recording started successfully.",
          "composite recording stopped successfully."
        ), directory, files)
      // After those whose paths say more.
      + [
        show(
          "/v2/recordings/{outputId}", .showRecording, .recording, "Show a recording.",
          of: .recording, directory),
        delete(
          "/v2/recordings/{outputId}", .deleteRecording, .recording,
          "Delete a recording with its file.", says: "Room recording deleted successfully",
          directory, files),
      ]
  }

  private static func recordings(
    _ path: String, _ type: OutputType, _ name: String, body: Schema, stopBody: Schema,
    said: (start: String, stop: String), _ directory: RoomDirectory, _ files: OutputFiles
  ) -> [Route] {
    let what = "\(name.lowercased()) recording"
    return [
      start(
        path + "/start", .startRoomRecording, type, "Begin a \(what).", body: body,
        named: "start\(name)Recording", says: said.start, directory)
    ]
      + stop(
        [path + "/stop", path + "/end"], .stopRoomRecording, type, "End a \(what).",
        body: stopBody, named: "stop\(name)Recording", says: said.stop, directory)
      + [
        list(
          path, .listRecordings, type, "List the \(what)s.", of: .otherRecording,
          named: "list\(name)Recordings", directory),
        show(
          path + "/{outputId}", .showRecording, type, "Show a \(what).", of: .otherRecording,
          named: "show\(name)Recording", directory),
        delete(
          path + "/{outputId}", .deleteRecording, type, "Delete a \(what) with its files.",
          named: "delete\(name)Recording", says: "\(name) recording deleted successfully",
          directory, files),
      ]
  }

  private static func merges(_ directory: RoomDirectory, _ files: OutputFiles) -> [Route] {
    let path = "/v2/recordings/participant/merge"
    return [
      Route(
        .post, path, .mergeRecordings,
        .init(
          "Make the sound of two sides left and right of one file.", in: .outputs,
          body: .mergeRecordings, answer: .json(.startedMerge), refusals: [404, 409])
      ) { request in
        let body = try await request.decode(MergeRequest.self)
        let merge = try await directory.startMerge(body, try request.access)
        return .json(
          JSONValue.object([
            "message": "Recordings are being merged.", "recording": directory.resource(merge),
          ]))
      },
      list(
        path, .listRecordings, .merge, "List the merged recordings.", of: .merge,
        named: "listMergedRecordings", directory),
      show(
        path + "/{outputId}", .showRecording, .merge, "Show a merged recording.", of: .merge,
        named: "showMergedRecording", directory),
      delete(
        path + "/{outputId}", .deleteRecording, .merge,
        "Delete a merged recording with its file.", named: "deleteMergedRecording",
        says: "Merged recording deleted successfully", directory, files),
    ]
  }

  // MARK: Livestreams

  private static func livestreams(_ directory: RoomDirectory) -> [Route] {
    [
      start(
        "/v2/livestreams/start", .startRoomLivestream, .livestream,
        "Send a meeting to RTMP servers.", body: .startLivestream,
        says: "Livestream started successfully", directory)
    ]
      + stop(
        ["/v2/livestreams/end", "/v2/livestreams/stop"], .stopRoomLivestream, .livestream,
        "End the livestream of a meeting.", body: .stopOutput,
        says: "Livestream ended successfully", directory)
      + [
        list(
          "/v2/livestreams", .listLivestreams, .livestream, "List the livestreams.",
          of: .livestream, directory),
        show(
          "/v2/livestreams/{outputId}", .showLivestream, .livestream, "Show a livestream.",
          of: .livestream, directory),
      ]
  }

  // MARK: HLS

  private static func hls(_ directory: RoomDirectory, _ files: OutputFiles) -> [Route] {
    [
      Route(
        .post, "/v2/hls/start", .startRoomHLS,
        .init(
          "Broadcast a meeting over HLS.", in: .outputs, body: .startHLS, answer: .json(.hls),
          refusals: [404, 409])
      ) { request in
        .json(directory.resource(try await begin(.hls, request, directory)))
      },
      Route(
        .post, "/v2/hls/capture", .captureHLS,
        .init(
          "Take a picture of a broadcast, as it is or as it was.", in: .outputs,
          body: .captureHLS, answer: .json(.capturedPicture), refusals: [404, 409])
      ) { request in
        .json(
          try await directory.capture(try await request.decode(CaptureRequest.self), request.access)
        )
      },
    ]
      + stop(
        ["/v2/hls/end", "/v2/hls/stop"], .stopRoomHLS, .hls, "End the HLS of a meeting.",
        body: .stopOutput, says: "HLS ended successfully", directory)
      + [
        list("/v2/hls", .listHLS, .hls, "List what was broadcast over HLS.", of: .hls, directory),
        Route(
          .get, "/v2/hls/{roomId}/active", .showActiveHLS,
          .init(
            "Show the HLS that goes on in a room.", in: .outputs,
            answer: .json(.object([.field("code", .integer), .field("data", .hls)])))
        ) { request in
          let found = try await directory.outputs(
            .hls, room: request.parameter("roomId"), session: nil, isLive: true, .first,
            try request.access)
          guard let output = found.data.first else { throw ControlError.outputNotFound }
          return .json(JSONValue.object(["code": 200, "data": output]))
        },
        show("/v2/hls/{outputId}", .showHLS, .hls, "Show an HLS broadcast.", of: .hls, directory),
        delete(
          "/v2/hls/{outputId}", .deleteHLS, .hls, "Delete an HLS broadcast with its files.",
          says: "Room Hls Recording deleted successfully !", directory, files),
      ]
  }

  // MARK: Files

  private static func downloadOutput(
    _ directory: RoomDirectory, _ files: OutputFiles, _ storage: ObjectStorage
  ) -> Route {
    Route(
      .get, "/v2/outputs/{outputId}/files/{fileId}", .downloadOutput,
      .init(
        "Fetch a file of a recording, by the address that lists and webhooks give.",
        in: .outputs,
        query: [
          .init("expires", .string, "Part of the address."),
          .init("signature", .string, "Part of the address."),
        ],
        answer: .content(["audio/mp4", "audio/webm", "video/mp4", "video/webm"]),
        refusals: [404, 416])
    ) { request in
      let query = request.target.query
      let found = try await directory.outputFile(
        request.parameter("fileId"), of: request.parameter("outputId"),
        expires: query["expires"], signature: query["signature"])
      let file = found.file
      if file.storage == .uploaded, let plain = file.remoteURL {
        let remote = await storage.downloadURL(found, at: SystemTime.source().wall) ?? plain
        return Response(status: .found, headers: [.location: remote])
      }
      var headers: HTTPFields = [
        .contentType: OutputFiles.mediaType(of: file),
        .cacheControl: "private, max-age=3600", .accessControlAllowOrigin: "*",
      ]
      headers[.contentDisposition] = "inline; filename=\"\(file.name)\""
      guard let path = files.path(of: file),
        let response = try await FileResponse.make(
          path: path, headers: headers, range: request.request.headers[.range])
      else { throw ControlError.outputNotFound }
      return response
    }
  }
}
