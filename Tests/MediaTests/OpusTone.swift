import Foundation

/// A tone of 440 Hz as Opus: 20 ms packets of 24 kbit/s with in-band FEC.
///
/// Made with `ffmpeg -f lavfi -i sine=frequency=440:duration=0.3:sample_rate=48000 -c:a libopus -b:a 24k
/// -application voip -frame_duration 20 -fec 1 -packet_loss 30`.
enum OpusTone {
  static let packets: [[UInt8]] = base64.map { [UInt8](Data(base64Encoded: $0) ?? Data()) }

  private static let base64 = [
    "SIFaBhE1XJqCm6AFYfHK5DWBlneqvbRFh76XkR3HtKkqb12VDaGm8WVjFU0gWkJp+0dadjRFbdC19xgK"
      + "g1oMj7pv8NQpcMITvW1/zxL0Ee4tg7X20628mVGR///5u5R9PA==",
    "SMKIXWwRO6ADspF8PGzO7mnTNOTIt9+9Y5nRP1IyNCyIp2p1X5UjxU9ADdWI9rkSZl0ao3Hkw8ODmdqq"
      + "7OVQliqU+EKqqaBDQA==",
    "SOmOVgDdjKiLx+jTeCcSSjTtZxNTq7CtKet7rvkEibSOEG3xrN12mye6GSj73ba7AotkX6CAqTuUwLUf"
      + "JJveejWYK2Lsjd3B9hlV",
    "SONAX0Hx7APblGGn88ghgSmS2vqWqmWrrUL280u4fg5It9mg/Uu1E4U03kiCFPozgH5Z/QJ0DiaY1Zmc"
      + "tDBHgHXIOl5tlOA=",
    "SOmOumA9VL9qiWmDZxF+KWgflHa9YNpnCpnWpdjUed3lvBwLFKE6kDrF4JLcI/UGLm9SnTVbgfizD/fw",
    "SONAYA/YBEnqKTGVBWVUsj6lWMNUtCSuGf/U3k0APhlwIqSVJk0OaoIDZ2qKTixhdCyWrYWes+1FWUfq"
      + "VVrRYi2O1CYxnDgn1KgEjpZRIXA=",
    "SN6xZxDWPIWrj3GA2n1gr+06Gb04lGhvfziAiyGHq6/ByKczRyKcgIOZcJx/Ee+TJdf7UTVZeSnN8Kpz"
      + "WmxugO4ShDQhdgQMFr90Us9ZMOCSNT5OE3I=",
    "SN6xWXhcgjh8YaqLcGAfesk2pCwJp+7nAB/iF9MQvHxRppEwvtAKKVuO9HTwTgEzi4pVgSGm+qAi+S1S"
      + "j4ssdw/P9w3odBO9UAiOgA==",
    "SOhjz/l5N+LQad5hlhe06s7X9FYZJKxzhdSix7R1/YR4mlxfvimZZtENYgEdtssMTMO3tFtPkBAieFuF"
      + "ssULrJrcUJtNuj4gfcfqLMk=",
    "SONBAWMRyQbvAZWf8KGDUlMpnwq1NeLKmYRgNuEKVY46q4i+sZ1ZgMvRbjtZPt6t6W0eSkVXprRVpD4g"
      + "9Zi36jYB5MOYSZWAeQmUgA==",
    "SOmOaE5qUb/xzx23Fu3dTBMzXcrF+Y9FDiOPIsaPSOkzeQNe6JFy1dtlE1X8IagyMrJByJkNUHdwrj4z"
      + "bgGIx6IQzqgrNNcg",
    "SONAQdL3lDQjsrW65qnCqDpeTNhdpvLL6nWmMmpzOoTyYr9au/ZoH/JLQcSNShpidTwfZSBlPQkaTQHo"
      + "pYWObf/LkPgt/XX1",
    "SOmOVgDdlQ8e7i/dbncFyAWn6xlT329/Q5SwF68gCTqZ3I6LJAb3ZwYDjoNGlJYkRIkgYEdBvQAR/+nc"
      + "Iuw5TGIKdDUFkA==",
    "SONAX0Hx7APUbfvGaQzO27K6S97KPX45UaDbVjFryIuZUmkceygudTetPpNqmFHzcLAkzfkSGD5ugJ4O"
      + "/IOAAkY8dlBYotk6",
    "SOmOuFxUQ5qRvn/15Zi9wVlMFFSmVmUT5RmDuHTbzK+A+kKudFB039eo2volRKfup5qstFE+86CMMY2y"
      + "A84/7sYHl5wakrUut9Mq",
    "SONBAV5TrBfv1oeUOmQpI2LRhhpdaMKgbVqXwM/8Ezf3kU36vUQJ61OwDMUvQP8d73hdf5ogB/iRb9cf"
      + "Lp+lyA==",
  ]
}
