import assert from "node:assert/strict";
import { test } from "node:test";
import { Seats } from "../src/seats";

test("a stream sits where the server put it, and moves when it is put elsewhere", () => {
  const seats = new Seats();
  seats.seat("a", "5");
  seats.seat("a", "7");

  assert.equal(seats.mid("a"), "7");
  assert.equal(seats.stream("5"), null);
});

test("a stream put on an occupied seat displaces the one there", () => {
  const seats = new Seats();
  seats.seat("a", "5");

  assert.equal(seats.seat("b", "5"), "a");
  assert.equal(seats.mid("a"), null);
  assert.equal(seats.stream("5"), "b");
});

test("a late unseat of a stream that moved on changes nothing", () => {
  const seats = new Seats();
  seats.seat("a", "5");
  seats.seat("b", "5");

  assert.equal(seats.unseat("a", "5"), false);
  assert.equal(seats.stream("5"), "b");
  assert.equal(seats.unseat("b", "5"), true);
  assert.equal(seats.mid("b"), null);
});

test("whatever is seated and unseated, no seat has two streams and no stream two seats", () => {
  let state = 12345;
  const random = (limit: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % limit;
  };
  const seats = new Seats();
  for (let step = 0; step < 20_000; step += 1) {
    const stream = `s${random(12)}`;
    const mid = String(random(8));
    if (random(3) > 0) seats.seat(stream, mid);
    else seats.unseat(stream, mid);
    for (let seat = 0; seat < 8; seat += 1) {
      const there = seats.stream(String(seat));
      if (there !== null) assert.equal(seats.mid(there), String(seat), `step ${step}`);
    }
    for (let one = 0; one < 12; one += 1) {
      const where = seats.mid(`s${one}`);
      if (where !== null) assert.equal(seats.stream(where), `s${one}`, `step ${step}`);
    }
  }
});
