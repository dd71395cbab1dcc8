import SFU
import Testing

@Suite struct SeatTableTests {
  private func table(seats: Int) -> SeatTable {
    var table = SeatTable()
    table.update(
      audioLines: (0..<seats).map { 10 + 2 * $0 }, videoLines: (0..<seats).map { 11 + 2 * $0 })
    return table
  }

  @Test func `both halves of one participant sit together`() {
    var table = table(seats: 2)

    let first = table.seat(TrackNumber(1), isAudio: true, companion: TrackNumber(2))
    #expect(first == 10)
    let second = table.seat(TrackNumber(3), isAudio: false, companion: nil)
    #expect(second == 13)
    let third = table.seat(TrackNumber(2), isAudio: false, companion: TrackNumber(1))
    #expect(third == 11)
    #expect(table.occupied == 2)
  }

  @Test func `without a free seat there is no line, until somebody rises`() {
    var table = table(seats: 1)
    let first = table.seat(TrackNumber(1), isAudio: false, companion: nil)
    #expect(first == 11)
    let second = table.seat(TrackNumber(2), isAudio: false, companion: nil)
    #expect(second == nil)

    let third = table.unseat(TrackNumber(1))
    #expect(third == 11)

    let fourth = table.seat(TrackNumber(2), isAudio: false, companion: nil)
    #expect(fourth == 11)
  }

  @Test func `the seat that has been free the longest is taken first`() {
    var table = table(seats: 2)
    _ = table.seat(TrackNumber(1), isAudio: false, companion: nil)
    _ = table.unseat(TrackNumber(1))

    let first = table.seat(TrackNumber(2), isAudio: false, companion: nil)
    #expect(first == 13)
  }

  @Test func `new lines add seats and move nobody`() {
    var table = table(seats: 1)
    _ = table.seat(TrackNumber(1), isAudio: true, companion: nil)

    table.update(audioLines: [10, 20], videoLines: [11, 21])

    #expect(table.seats.count == 2)
    #expect(table.seats[0].audio.track == TrackNumber(1))
    let first = table.seat(TrackNumber(2), isAudio: false, companion: nil)
    #expect(first == 21)
  }
}
