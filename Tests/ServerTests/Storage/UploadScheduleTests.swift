import Server
import Testing

@Suite struct UploadScheduleTests {
  private static let day: Int64 = 86_400_000

  @Test func `waits grow to half an hour and stay there`() {
    let schedule = UploadSchedule()

    let waits = (1...8).map { schedule.delay(after: $0, since: 0, at: 0) }

    #expect(
      waits == [5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000, 1_800_000, 1_800_000])
  }

  @Test func `no wait is longer than the operator says`() {
    let schedule = UploadSchedule(longestSeconds: 10)

    #expect(
      (1...4).map { schedule.delay(after: $0, since: 0, at: 0) } == [5_000, 10_000, 10_000, 10_000])
    #expect(UploadSchedule(longestSeconds: 7_200).delay(after: 7, since: 0, at: 0) == 7_200_000)
  }

  @Test func `after three days it is given up, however short the waits are`() {
    let schedule = UploadSchedule(longestSeconds: 1)

    #expect(schedule.delay(after: 100_000, since: 5, at: 5 + 3 * Self.day - 1) == 1_000)
    #expect(schedule.delay(after: 2, since: 5, at: 5 + 3 * Self.day) == nil)
  }
}
