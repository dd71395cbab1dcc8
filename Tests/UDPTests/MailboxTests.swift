import Testing
import UDP
import Wire

@Suite struct MailboxTests {
  @Test func `values of many threads arrive once each, in each thread's order`() throws {
    let mailbox = try Mailbox<Int>(capacity: 1_000_000)
    let threads = 8
    let each = 10_000
    for thread in 0..<threads {
      try OSThread.start(named: "poster") {
        for number in 0..<each { mailbox.post(thread * each + number) }
      }
    }

    var socket = try MediaSocket(bind: [loopback], port: 0, tcp: false)
    var inbox = Inbox()
    var next = (0..<threads).map { $0 * each }
    var received = 0
    let limit = MonotonicTime.now + .seconds(30)
    while received < threads * each, MonotonicTime.now < limit {
      try socket.wait(until: limit, orWokenBy: mailbox)
      try socket.receive(into: &inbox, at: .now)
      for value in mailbox.drain() {
        #expect(value == next[value / each])
        next[value / each] += 1
        received += 1
      }
    }

    #expect(received == threads * each)
  }

  @Test func `a full mailbox refuses, and takes again once drained`() throws {
    let mailbox = try Mailbox<Int>(capacity: 2)

    #expect(mailbox.post(1) && mailbox.post(2))
    #expect(!mailbox.post(3))
    #expect(mailbox.drain() == [1, 2])
    #expect(mailbox.post(4))
    #expect(mailbox.drain() == [4])
    #expect(mailbox.drain().isEmpty)
  }

  @Test func `closing wakes the reader, who still gets what was posted`() throws {
    let mailbox = try Mailbox<Int>()
    var socket = try MediaSocket(bind: [loopback], port: 0, tcp: false)
    _ = try socket.turn()
    mailbox.post(1)
    mailbox.close()

    let limit = MonotonicTime.now + .seconds(10)
    try socket.wait(until: limit, orWokenBy: mailbox)

    #expect(MonotonicTime.now < limit)
    #expect(mailbox.isClosed)
    #expect(!mailbox.post(2))
    #expect(mailbox.drain() == [1])
  }
}
