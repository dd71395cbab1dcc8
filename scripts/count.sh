# Runs the parts of ./test with a limit of time, and adds up what passed, failed and was skipped.
# Sourced by ./test; needs `say`, and `logs`, the folder for the parts' output.

passed=0 failed=0 skipped=0
running= watchdog=

stop_running() {
  trap - INT TERM
  [ -n "$running" ] && kill -TERM -- "-$running" "-$watchdog" 2>/dev/null
  exit 130
}
trap stop_running INT TERM

# part NAME SECONDS COMMAND...: runs COMMAND (a function too), shows and logs its output, counts.
#
# The counts come from JUnit files $logs/NAME*.xml, or else from the closing lines of the output; a
# command that prints neither counts as one test. Exit code 77 means that it cannot run here.
part() {
  local name=$1 limit=$2 status=0 started=$SECONDS log
  shift 2
  log=$logs/$name.log
  say "── $name"
  : >"$log"
  set -m  # process groups of their own, so that all of a part can be stopped
  ("$@") >>"$log" 2>&1 </dev/null &
  running=$!
  (
    sleep "$limit"
    echo "$name was stopped: it took longer than $limit s" >>"$log"
    kill -TERM -- "-$running"; sleep 10; kill -KILL -- "-$running"
  ) >/dev/null 2>&1 &
  watchdog=$!
  set +m
  tail -n +1 -s 0.2 -f --pid="$running" "$log" &
  wait "$running" 2>/dev/null || status=$?
  kill -TERM -- "-$running" "-$watchdog" 2>/dev/null  # and whatever the part left behind
  running=
  wait 2>/dev/null

  count "$name" "$status"
  say "── $name: ${last_counts[0]} passed, ${last_counts[1]} failed, ${last_counts[2]} skipped ($((SECONDS - started)) s)"
  [ "$status" -eq 0 ]
}

count() {
  local name=$1 status=$2 line p=0 f=0 s=0 found=
  if compgen -G "$logs/$name*.xml" >/dev/null; then
    read -r p f s < <(count_junit "$logs/$name"*.xml) && found=yes
  fi
  if [ -z "$found" ]; then
    line=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/$name.log" |
      grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' | tail -n 1)
    if [ -n "$line" ]; then
      read -r p _ f _ s _ <<<"$line" && found=yes
    fi
  fi
  if [ -z "$found" ] && line=$(node_counts "$logs/$name.log"); then
    read -r p f s <<<"$line" && found=yes
  fi
  if [ "$status" -eq 77 ]; then
    p=0 f=0 s=1
  elif [ -z "$found" ]; then
    if [ "$status" -eq 0 ]; then p=1; else f=1; fi
  elif [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
    f=1  # it crashed, or ran out of time, after its last count
  elif [ "$((p + f + s))" -eq 0 ]; then
    echo "$name ran no test"; f=1
  fi
  last_counts=("$p" "$f" "$s")
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Passed, failed and skipped of JUnit files: those of Swift Testing, XCTest and pytest.
count_junit() {
  python3 - "$@" <<'P'
import sys, xml.etree.ElementTree as tree
passed = failed = skipped = 0
for name in sys.argv[1:]:
    for case in tree.parse(name).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
print(passed, failed, skipped)
P
}

# The closing lines of `node --test`, in either of its formats.
node_counts() {
  awk '$2 == "pass" && NF == 3 { p += $3; seen = 1 } $2 == "fail" && NF == 3 { f += $3 }
    $2 == "skipped" && NF == 3 { s += $3 } $2 == "todo" && NF == 3 { s += $3 }
    END { if (!seen) exit 1; print p + 0, f + 0, s + 0 }' "$1"
}

# Takes the counts of the last part back.
uncount() {
  passed=$((passed - last_counts[0])) failed=$((failed - last_counts[1]))
  skipped=$((skipped - last_counts[2]))
}

# skip NAME REASON: counts a part that cannot run.
skip() {
  say "── $1: skipped, $2"
  skipped=$((skipped + 1))
}

# Prints the closing line; the exit code says whether anything failed.
finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
