# Sourced by run.sh: homes, processes, and checks that count themselves.
# shellcheck shell=bash

bin=$(swift build --show-bin-path) || exit 5
[ -x "$bin/loopdesk" ] && [ -x "$bin/loopdesk-hub" ] || {
    echo "demo: build first: swift build" >&2
    exit 2
}
unset LOOPDESK_HOME LOOPDESK_AS LOOPDESK_HUB_HOME
export LC_ALL=C.UTF-8
work=$(mktemp -d "${TMPDIR:-/tmp}/loopdesk-demo.XXXXXX")
passed=0
failed=0
hub_pid=""
watch_pid=""
sync_port=""
feed_port=""
declare -A case_number=()

end_processes() {
    [ -n "$watch_pid" ] && kill "$watch_pid" 2>/dev/null
    [ -n "$hub_pid" ] && kill "$hub_pid" 2>/dev/null
    wait 2>/dev/null
    if [ -n "${KEEP:-}" ]; then echo "demo: the homes are in $work"; else rm -rf "$work"; fi
}
trap end_processes EXIT

# Two neighbouring ports that nobody listens on.
choose_ports() {
    local try port
    for try in $(seq 1 50); do
        port=$((20000 + RANDOM % 12000 * 2))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null &&
            ! (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; then
            sync_port=$port
            feed_port=$((port + 1))
            return
        fi
    done
    echo "demo: no free ports on loopback" >&2
    exit 5
}
choose_ports

hub() { "$bin/loopdesk-hub" "$@" ${1:+--home "$work/hub"}; }
at() {
    local home=$1
    shift
    "$bin/loopdesk" --home "$work/$home" "$@"
}

# What `hub` and `at` would look like at a prompt.
prompt() {
    local words=("$@") text
    case ${words[0]} in
    hub) text="hub\$ loopdesk-hub" ;;
    *)
        text="${words[1]}\$ loopdesk"
        words=("${words[@]:1}")
        ;;
    esac
    local word
    for word in "${words[@]:1}"; do
        case $word in
        *[[:space:]]* | "") text+=" '$word'" ;;
        LDI1-*) text+=" LDI1-..." ;;
        "$work"/*) text+=" ${word#"$work"/}" ;;
        *) text+=" $word" ;;
        esac
    done
    printf '  %s\n' "$text"
}

title() { printf '\n== %s\n' "$*"; }

# Shows a command and what it prints; a failure is a failed check.
run() {
    local output status
    prompt "$@"
    output=$("$@" 2>&1)
    status=$?
    [ -n "$output" ] && printf '%s\n' "${output//"$work"\//}" | sed 's/^/    /'
    if [ "$status" -ne 0 ]; then fail "exit status $status"; fi
}

pass() {
    passed=$((passed + 1))
    printf '  ok: %s\n' "$1"
}
fail() {
    failed=$((failed + 1))
    printf '  FAILED: %s\n' "$1"
}

# check SENTENCE COMMAND...: counts whether the command succeeds.
check() {
    local sentence=$1 output
    shift
    if output=$("$@" 2>&1); then pass "$sentence"; else fail "$sentence: $output"; fi
}

# refused_with STATUS SENTENCE COMMAND...: shows the refusal and checks its exit status.
refused_with() {
    local wanted=$1 sentence=$2 output status
    shift 2
    prompt "$@"
    output=$("$@" 2>&1)
    status=$?
    printf '%s\n' "$output" | sed 's/^/    /'
    if [ "$status" -eq "$wanted" ]; then pass "$sentence"; else fail "$sentence: status $status"; fi
}

equal() { [ "$1" = "$2" ] || { echo "got “$1”, not “$2”"; return 1; }; }
differs() { [ "$1" != "$2" ] || { echo "got “$1”"; return 1; }; }
contains() {
    local text=$1 part
    shift
    for part in "$@"; do
        [[ $text == *"$part"* ]] || { echo "“$part” is not there"; return 1; }
    done
}

# The first member of this name in pretty JSON on the input.
first_value() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1; }
json_of() { at "$@" --json; }
value() {
    local name=$1
    shift
    json_of "$@" | first_value "$name"
}
hub_value() { hub status --json | first_value "$1"; }

# Comes back when FILE has a line with all of the texts; at most 15 seconds.
await_line() {
    local file=$1 part
    shift
    timeout 15 bash -c '
        file=$1; shift
        tail -n +1 -F "$file" 2>/dev/null | while IFS= read -r line; do
            found=1
            for part in "$@"; do [[ $line == *"$part"* ]] || found=""; done
            [ -n "$found" ] && { pkill -P $$ tail 2>/dev/null; exit 0; }
        done' _ "$file" "$@"
    grep -F -- "$1" "$file" >/dev/null || { echo "nothing with “$*” came"; return 1; }
    for part in "$@"; do
        grep -F -- "$1" "$file" | grep -qF -- "$part" || { echo "no “$part” came"; return 1; }
    done
}

start_hub() {
    rm -f "$work/ready"
    mkfifo "$work/ready.pipe"
    "$bin/loopdesk-hub" serve --home "$work/hub" --json --log-level warning \
        >"$work/ready.pipe" 2>>"$work/hub.log" &
    hub_pid=$!
    if ! IFS= read -r -t 10 _ <"$work/ready.pipe"; then fail "the hub did not start"; fi
    rm -f "$work/ready.pipe"
    echo "  (the hub runs)"
}
stop_hub() {
    kill "$hub_pid"
    wait "$hub_pid"
    check "the hub ends gracefully" equal $? 0
    hub_pid=""
}
kill_hub() {
    kill -9 "$hub_pid"
    wait "$hub_pid" 2>/dev/null
    hub_pid=""
}

# The supervisor's watch runs through the whole day, outages included.
start_watch() {
    prompt at boss watch escalations assignments --json
    : >"$work/events"
    "$bin/loopdesk" --home "$work/boss" watch escalations assignments --json \
        >"$work/events" 2>>"$work/watch.log" &
    watch_pid=$!
}

# await_event FEED NUMBER TEXT: an event of the feed on this ticket, whatever number it is named by.
await_event() {
    local feed=$1 number=$2 text=$3 official
    official=$(value number boss show "$number")
    await_line "$work/events" "\"feed\":\"$feed\"" "\"number\":\"${official:-$number}\"" "$text"
}
event_ids() { sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$work/events"; }

# log_case HOME INDEX FLAGS...: logs one of the cases and remembers its number.
log_case() {
    local home=$1 index=$2 output
    shift 2
    prompt at "$home" new "$@"
    output=$(at "$home" new --no-prompt "$@" 2>&1)
    printf '    %s\n' "$output"
    case_number[$index]=${output%% *}
    [[ ${case_number[$index]} == S00* ]] || fail "case $index has no number"
}
log_quietly() {
    at "$1" new --no-prompt --kind consultation --channel store --category inquiry \
        --priority normal --contact 路人 --description "$2" --demand 答复 >/dev/null ||
        fail "$2 was not logged"
}

finish() {
    printf '\ndemo: %d checks passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}
