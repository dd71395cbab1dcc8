import Signal
import Testing

@Suite struct ClientMessageTests {
  private func decode(_ text: String) throws -> ClientMessage {
    try SignalJSON.decode(ClientMessage.self, from: Array(text.utf8))
  }

  private func refusal(_ text: String) -> SignalDecodingError? {
    do {
      _ = try decode(text)
      return nil
    } catch {
      return error as? SignalDecodingError
    }
  }

  @Test func `unknown fields are ignored`() throws {
    #expect(try decode(#"{"type":"leave","id":3,"why":{"a":[1]}}"#) == .request(id: 3, .leave))
  }

  @Test func `null is the same as absent`() throws {
    let message = try decode(
      #"{"type":"publish","id":3,"topic":"t","message":"m","persist":null,"sendOnly":null}"#)
    #expect(message == .request(id: 3, .publish(PublishRequest(topic: "t", message: "m"))))
  }

  @Test func `an unknown type is refused with the id of the request`() {
    #expect(
      refusal(#"{"type":"dance","id":7}"#)
        == SignalDecodingError(id: 7, message: "unknown message type 'dance'"))
  }

  @Test func `a wrong type of a field is refused by its name`() {
    #expect(
      refusal(#"{"type":"subscribe","id":7,"topic":5}"#)
        == SignalDecodingError(id: 7, message: "subscribe: 'topic' must be a string"))
    #expect(
      refusal(#"{"type":"set-quality","id":7,"streamId":"s1"}"#)
        == SignalDecodingError(id: 7, message: "set-quality: 'quality' is missing"))
  }

  @Test(arguments: ["0", "-1", "1.5", "\"1\"", "null", "true", "99999999999999999999"])
  func `an id is a whole number above 0`(id: String) {
    #expect(refusal("{\"type\":\"leave\",\"id\":\(id)}") != nil)
  }

  @Test func `the modes of older SDKs are understood`() throws {
    for (name, mode) in [
      ("CONFERENCE", ParticipantMode.sendAndReceive), ("VIEWER", .signallingOnly),
      ("RECV_ONLY", .receiveOnly),
    ] {
      let message = try decode(
        #"{"type":"join","id":1,"token":"t","meetingId":"m","mode":"\#(name)"}"#)
      guard case .join(_, let join) = message else {
        Issue.record("not a join")
        continue
      }
      #expect(join.mode == mode)
    }
    #expect(refusal(#"{"type":"join","id":1,"token":"t","meetingId":"m","mode":"GOD"}"#) != nil)
  }

  @Test(arguments: [
    "", "null", "[]", "5", "\"ping\"", "{}", "{\"type\":5}", "{\"type\":null}", "{",
  ])
  func `what is no message is an error of another kind`(text: String) {
    #expect(throws: (any Error).self) { try decode(text) }
    #expect(refusal(text) == nil)
  }
}
