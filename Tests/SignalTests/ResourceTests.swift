import Signal
import Testing

@Suite struct ResourceTests {
  private func json(_ value: some Encodable) throws -> JSONValue {
    try SignalJSON.decode(JSONValue.self, from: SignalJSON.encode(value))
  }

  @Test func `times are ISO 8601 with milliseconds, both ways`() throws {
    let time = Timestamp(milliseconds: 1_711_531_800_007)
    #expect(time.text == "2024-03-27T09:30:00.007Z")
    #expect(try SignalJSON.decode(Timestamp.self, from: SignalJSON.encode(time)) == time)
    for milliseconds in stride(from: Int64(0), to: 4_000_000_000_000, by: 1_234_567_013) {
      let time = Timestamp(milliseconds: milliseconds)
      #expect(Timestamp(text: time.text) == time)
    }
  }

  @Test func `known dates are those of the calendar`() {
    for (text, seconds) in [
      ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T23:59:59.000Z", 951_868_799),
      ("2024-12-31T12:00:00.000Z", 1_735_646_400), ("2100-03-01T00:00:00.000Z", 4_107_542_400),
    ] as [(String, Int64)] {
      #expect(Timestamp(milliseconds: seconds * 1_000).text == text)
      #expect(Timestamp(text: text)?.milliseconds == seconds * 1_000)
    }
    for bad in [
      "", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
      "2024-01-01 00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00+01", "2024-1-1",
    ] {
      #expect(Timestamp(text: bad) == nil)
    }
    #expect(Timestamp(seconds: .infinity).text == "9999-12-31T23:59:59.999Z")
    #expect(Timestamp(seconds: .nan).milliseconds == 0)
  }

  @Test func `an error has the four fields that clients read`() throws {
    let body = ErrorBody(statusCode: 404, code: "ROOM_NOT_FOUND", message: "No.")
    #expect(
      try json(body)
        == ["statusCode": 404, "code": "ROOM_NOT_FOUND", "error": "No.", "message": "No."])
  }

  @Test func `a page says where it is`() throws {
    let request = try #require(PageRequest(page: "2", perPage: "20"))
    let page = Page(["a"], pageInfo: PageInfo(request, total: 41))
    #expect(
      try json(page) == [
        "pageInfo": ["currentPage": 2, "perPage": 20, "lastPage": 3, "total": 41], "data": ["a"],
      ])
    #expect(PageInfo(.first, total: 0).lastPage == 1)
  }

  @Test func `impossible pages are refused and large ones cut`() {
    for bad in ["0", "-1", "x", "", "1.0", "99999999999999999999"] {
      #expect(PageRequest(page: bad, perPage: nil) == nil)
      #expect(PageRequest(page: nil, perPage: bad) == nil)
    }
    #expect(PageRequest(page: nil, perPage: "5000")?.perPage == PageRequest.maximumPerPage)
    #expect(PageRequest(page: "9223372036854775807", perPage: "100") == nil)
    #expect(PageRequest(page: nil, perPage: nil) == .first)
  }

  @Test func `codes have the numbers and names of the protocol`() {
    let table = ErrorCode.allCases.map { "\($0.number) \($0.name)" }
    #expect(
      table == [
        "3073 INVALID_PARAMETER", "4001 INVALID_API_KEY", "4002 INVALID_TOKEN",
        "4003 INVALID_MEETING_ID", "4004 INVALID_PARTICIPANT_ID", "4005 DUPLICATE_PARTICIPANT",
        "4008 INVALID_PERMISSIONS", "4009 MAX_PARTICIPANT_REACHED", "4101 NOT_PERMITTED",
        "4404 NOT_FOUND", "4404 RESUME_EXPIRED", "4408 SLOW_CONSUMER", "4410 REPLACED",
        "4429 QUOTA_EXCEEDED", "4500 INTERNAL_ERROR", "4503 MEDIA_UNAVAILABLE",
        "4078 REQUEST_MEDIA_RELAY_FAILED", "4102 ENTRY_DENIED", "4011 START_RECORDING_FAILED",
        "4012 STOP_RECORDING_FAILED", "4013 START_LIVESTREAM_FAILED",
        "4014 STOP_LIVESTREAM_FAILED", "4015 INVALID_LIVESTREAM_CONFIG", "4016 START_HLS_FAILED",
        "4017 STOP_HLS_FAILED", "4018 PREV_RECORDING_PROCESSING",
        "4019 PREV_RTMP_RECORDING_PROCESSING", "4020 PREV_HLS_STREAMING_PROCESSING",
        "4028 MAX_RECORDING_LIMIT_REACHED_ON_ORGANIZATION",
        "4029 MAX_HLS_LIMIT_REACHED_ON_ORGANIZATION",
        "4030 MAX_LIVESTREAM_LIMIT_REACHED_ON_ORGANIZATION", "5001 RECORDING_FAILED",
        "5002 LIVESTREAM_FAILED", "5003 HLS_FAILED",
      ])
  }
}
