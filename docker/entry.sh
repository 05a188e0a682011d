#!/bin/sh
# What a container of Loopdesk runs:
#   hub                    makes the hub on its first start, provisions it, serves
#   replica NAME           joins with the invite NAME, then stays in step
#   watch NAME FEED        joins with the invite NAME, then prints what the feed brings
#   anything else          is run as it is: loopdesk-entry loopdesk list
#
# LOOPDESK_ADVERTISE     the host that invites carry (default: this container's name)
# LOOPDESK_INVITES       the directory through which the hub hands out invites (default /invites)
# LOOPDESK_PROVISION     a script that the hub runs once, before it first serves; it has `invite`:
#                            loopdesk-hub staff add A17 --role clerk --store S001
#                            invite store-1 --store S001 --role clerk
set -eu

invites="${LOOPDESK_INVITES:-/invites}"
wait_seconds_max=120

# invite NAME OPTIONS...: writes an invite for NAME, once.
invite() {
    name="$1"
    shift
    [ -e "$invites/$name" ] && return 0
    loopdesk-hub invite "$@" >"$invites/.$name.new"
    mv "$invites/.$name.new" "$invites/$name"
}

hub() {
    if [ ! -e "$LOOPDESK_HUB_HOME/hub.json" ]; then
        loopdesk-hub init --advertise "${LOOPDESK_ADVERTISE:-$(hostname)}"
    fi
    provisioned="$LOOPDESK_HUB_HOME/provisioned"
    if [ -n "${LOOPDESK_PROVISION:-}" ] && [ ! -e "$provisioned" ]; then
        umask 077
        # shellcheck source=/dev/null
        . "$LOOPDESK_PROVISION"
        : >"$provisioned"
    fi
    exec loopdesk-hub serve
}

# join NAME: waits for the invite and uses it, unless this replica has joined already.
join() {
    loopdesk status >/dev/null 2>&1 && return 0
    seconds=0
    while [ ! -s "$invites/$1" ]; do
        if [ "$seconds" -ge "$wait_seconds_max" ]; then
            echo "no invite $invites/$1 within $wait_seconds_max seconds" >&2
            exit 4
        fi
        seconds=$((seconds + 1))
        sleep 1
    done
    # The invite is written before the hub listens, so the first tries may come too early.
    until loopdesk join "$(cat "$invites/$1")"; do
        status=$?
        if [ "$status" -ne 4 ] || [ "$seconds" -ge "$wait_seconds_max" ]; then exit "$status"; fi
        seconds=$((seconds + 1))
        sleep 1
    done
}

command="${1:-hub}"
case "$command" in
hub) hub ;;
replica)
    join "${2:?replica needs the name of its invite}"
    exec loopdesk sync --watch
    ;;
watch)
    join "${2:?watch needs the name of its invite}"
    exec loopdesk watch "${3:-escalations}" --json
    ;;
*) exec "$@" ;;
esac
