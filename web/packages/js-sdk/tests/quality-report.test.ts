import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientReport } from "../src/messages";
import { QualityReport } from "../src/quality-report";

function inbound(id: string, freezeCount: number, totalFreezesDuration: number): object {
  return { id, type: "inbound-rtp", freezeCount, totalFreezesDuration };
}

test("freezes of all streams add up, across connections whose counters begin anew", async () => {
  const sent: ClientReport[] = [];
  let reports: object[] = [];
  const report = new QualityReport({
    stats: async () => reports as unknown as RTCStatsReport,
    networkType: () => "bluetooth",
    send: async (one) => sent.push(one),
  });
  reports = [inbound("a", 2, 1.5), inbound("b", 1, 0.25), { id: "c", type: "outbound-rtp" }];
  await report.report();
  reports = [inbound("a", 3, 2), inbound("b", 1, 0.25)];
  await report.report();
  reports = [inbound("a", 1, 0.5)]; // a new connection
  await report.report();

  assert.deepEqual(sent.map(({ freezes, freezeMilliseconds }) => [freezes, freezeMilliseconds]), [
    [3, 1_750],
    [4, 2_250],
    [5, 2_750],
  ]);
  assert(sent.every(({ network }) => network === "unknown"));
});

test("nothing new is not told, and the time to join counts once", async () => {
  const sent: ClientReport[] = [];
  const report = new QualityReport({
    stats: () => null,
    networkType: () => undefined,
    send: async (one) => sent.push(one),
  });
  report.joining();
  await report.report();
  await report.report();
  assert.deepEqual(sent, [{ freezes: 0, freezeMilliseconds: 0 }]);

  report.arrived();
  await report.report();
  const first = sent[1]!.joinMilliseconds;
  assert(first !== undefined && first >= 0 && first < 5_000);
  await new Promise((resolve) => setTimeout(resolve, 5));
  report.arrived();
  await report.report();
  assert.equal(sent.length, 2);
});
