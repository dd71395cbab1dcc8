import Media
import Testing

@Suite struct MediaTimeTests {
  @Test(arguments: [Int64(25), 30, 44_100, 48_000, 90_000])
  func `a number's time leads back to the number, even after a day`(rate: Int64) {
    for number in [0, 1, 2, 999, rate, rate * 86_400 + 7, -3] {
      #expect(MediaTime(number: number, rate: rate).number(rate: rate) == number)
    }
  }

  @Test func `a time between two samples belongs to the nearer one`() {
    #expect(MediaTime(nanoseconds: 20_833).number(rate: 48_000) == 1)
    #expect(MediaTime(nanoseconds: 10_000).number(rate: 48_000) == 0)
    #expect(MediaTime(nanoseconds: 11_000).number(rate: 48_000) == 1)
  }
}
