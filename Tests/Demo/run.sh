#!/usr/bin/env bash
# The main job, end to end, with separate processes on loopback: two stores, an agent, a supervisor
# and a hub that goes down twice. Each step prints what a user would see and then checks it.
#
# Usage: Tests/Demo/run.sh        after `swift build`; exit status 0 only when every check passed.
#        KEEP=1 Tests/Demo/run.sh keeps the homes and says where they are.
set -uo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=Tests/Demo/lib.sh
. Tests/Demo/lib.sh

title "A hub with a policy of short limits, and four people"
run hub init --listen "tcp://127.0.0.1:$sync_port" --feed "tcp://127.0.0.1:$feed_port" \
    --advertise 127.0.0.1
hub policy show | sed 's/{urgent: 1h,/{urgent: 3s,/; s/^version: 1$/version: 2/' >"$work/policy.yaml"
run hub policy check "$work/policy.yaml"
run hub policy load "$work/policy.yaml"
run hub staff add lina --name 李娜 --role clerk --store S001
run hub staff add wangqiang --name 王强 --role clerk --store S002
run hub staff add B07 --name 张伟 --role handler --department 售后部
run hub staff add zhao --name 赵敏 --role supervisor
start_hub
check "the hub answers" hub status --running

title "Two stores, an agent and a supervisor join"
for device in "store1 --store S001 --staff lina --role clerk" \
    "store2 --store S002 --staff wangqiang --role clerk" \
    "agent --staff B07 --department 售后部 --role handler" \
    "boss --staff zhao --role supervisor"; do
    read -r name options <<<"$device"
    # shellcheck disable=SC2086
    hub invite $options | grep -m1 -o 'LDI1-[A-Za-z0-9_-]*' >"$work/$name.invite"
    run at "$name" join --label "$name" "$(cat "$work/$name.invite")"
done
run hub device list
check "four devices are enrolled" equal "$(hub device list --json | grep -c '"device"')" 4
refused_with 3 "a used invite opens nothing" at thief join --label thief "$(cat "$work/store1.invite")"
start_watch

title "The hub goes down; the stores log the eight cases all the same"
stop_hub
refused_with 4 "sync says that no hub answers" at store1 sync
log_case store1 1 --kind complaint --channel online --category product --priority important \
    --contact "王女士 138-0000-0001" --subject "商品A无法开机" --demand "48小时内换货" \
    --description "商品A收到后无法开机" --event-time "2024-03-10 10:30" --event-place "家" \
    --product "商品A" --order-number 2024031000123
log_case store1 2 --kind complaint --channel app --category process --priority important \
    --contact "用户 u-20240310" --description "APP首页商品图片加载失败" --demand "尽快恢复" \
    --event-time "今天 9:00" --event-place "APP首页" --product "APP" --tag 前端
log_case store1 3 --kind complaint --channel hotline --category product --priority important \
    --contact "李先生 139-0000-0003" --description "产品使用三天后出现故障" --demand "退货并赔偿" \
    --event-time "昨天" --event-place "家" --product "商品B"
log_case store2 4 --kind complaint --channel store --category product --priority important \
    --contact "批次联系人 139-0000-0004" --description "同批次产品多台故障" \
    --demand "免费更换并延保一年" --event-time "昨天" --event-place "多地" --product "批次 2024-02"
log_case store2 5 --kind complaint --channel app --category attitude --priority normal \
    --contact "用户 u-5" --description "APP闪退" --demand "修复" --event-time "今天 8:00" \
    --event-place "手机" --product "APP"
log_case store2 6 --kind complaint --channel ecommerce --category process --priority important \
    --contact "陈女士 139-0000-0006" --description "物流运输导致商品破损" --demand "补发" \
    --event-time "昨天" --event-place "收货地址" --product "商品C" --field scene=外箱压扁
log_case store2 7 --kind complaint --channel online --category process --priority important \
    --contact "监控" --description "支付接口超时,影响约10%用户" --demand "恢复支付" \
    --event-time "今天 10:00" --event-place "线上" --product "支付"
log_case store2 8 --kind complaint --channel hotline --category product --priority urgent \
    --contact "家属 139-0000-0008" --description "使用产品时受伤" --demand "立即处理" \
    --event-time "今天 11:00" --event-place "家" --product "商品D"
run at store1 list
check "store 1 shows its three tickets" equal "$(json_of store1 list | grep -c '"number"')" 3
check "they wait to be sent" equal "$(value queued store1 status)" 3
refused_with 3 "a complaint without its required fields is not logged" \
    at store1 new --no-prompt --kind complaint --description "只有一句话"

title "The hub is back: official numbers, routing, clocks"
start_hub
run at store1 sync
run at store2 sync
run at agent sync
run at boss sync
run at boss list
check "the hub holds eight tickets" equal "$(hub_value tickets)" 8
check "case 1 has an official number" equal "$(value official store1 show "${case_number[1]}")" true
check "a product fault went to 售后部" equal "$(value department store1 show "${case_number[1]}")" 售后部
check "attitude went to 客服部" equal "$(value department store2 show "${case_number[5]}")" 客服部
check "the number on the customer's slip still works" at store1 show "${case_number[3]}"
check "search finds 开机 in a sentence" equal "$(value number store1 list --text 开机)" \
    "$(value number store1 show "${case_number[1]}")"
check "the injury broke its limit, and the supervisor is told" \
    await_event escalations "${case_number[8]}" '"level":1'

title "The supervisor gives case 3 to 张伟, who finds it on his device"
number3=$(value number store1 show "${case_number[3]}")
run at boss assign "$number3" B07 --reason "请今天联系客户"
run at boss sync
run at agent sync
run at agent list --mine
check "张伟 is responsible" equal "$(value assignee agent show "$number3")" B07
check "the assignment is pushed" await_event assignments "$number3" '"to":"B07"'

title "Both edit case 3 without a network; everything merges"
run at agent accept "$number3"
run at agent progress "$number3" --done "已电话联系,远程检测" --next "上门取件" --eta "明天 18:00"
run at agent set "$number3" demand "换新机"
run at agent tag "$number3" 主板
run at store1 set "$number3" demand "退货退款,不接受维修"
run at store1 note "$number3" "客户再次来店,情绪激动"
run at store1 tag "$number3" 三天故障
run at agent sync
run at store1 sync
run at agent sync
run at store1 show "$number3"
check "both replicas show the same ticket" equal "$(json_of agent show "$number3")" \
    "$(json_of store1 show "$number3")"
both=$(json_of store1 show "$number3")
check "the agent's text is there" contains "$both" "换新机"
check "the store's text is there" contains "$both" "退货退款,不接受维修"
check "both tags are there" contains "$both" "主板" "三天故障"
check "the note is there" contains "$both" "客户再次来店"

title "A close that did not see the office's reassignment becomes a draft"
number1=$(value number store1 show "${case_number[1]}")
run at store1 accept "$number1"
run at store1 resolve "$number1" --solution "已换新机"
run at store1 sync
run at boss sync
run at store1 close "$number1" --note "客户满意" # offline: the store has not synced
run at boss assign "$number1" 客服部 --reason "先回访再结案"
run at boss sync
run at store1 sync
run at store1 drafts
check "the ticket is not closed" differs "$(value status store1 show "$number1")" closed
check "the close is a draft with its reason" equal "$(value code store1 drafts)" stale_close
draft=$(value short_id store1 drafts)
run at store1 drafts show "$draft"
run at store1 drafts as-note "$draft"
run at store1 sync
check "what the clerk had written is on the ticket" \
    contains "$(json_of store1 show "$number1")" "客户满意"
check "no draft is left" equal "$(value drafts store1 status)" 0

title "Escalations: one by the clock, one by hand"
log_case store2 9 --kind complaint --channel hotline --category product --priority urgent \
    --contact "家属 139-0000-0009" --description "产品冒烟" --demand "立即处理" \
    --event-time "今天" --event-place "家" --product "商品D"
run at store2 sync
number9=$(value number store2 show "${case_number[9]}")
check "the missed limit reaches the supervisor by itself" \
    await_event escalations "$number9" '"clock":"response"'
run at agent escalate "$number3" --reason "客户要求赔偿,超出权限"
run at agent sync
check "the call for help reaches the supervisor" \
    await_event escalations "$number3" "超出权限"

title "The hub is killed in the middle of the work and comes back"
for index in 1 2 3 4 5 6; do
    log_quietly store1 "中断测试 $index"
done
at store1 sync --quiet &
sync_pid=$!
kill_hub
wait "$sync_pid" 2>/dev/null
echo "  (the hub was killed with -9)"
start_hub
run at store1 sync
check "every ticket is at the hub exactly once" equal "$(hub_value tickets)" 15
check "nothing waits any more" equal "$(value queued store1 status)" 0
run at agent escalate "$number3" --reason "恢复后再次升级"
run at agent sync
check "the supervisor's watch goes on after the crash" \
    await_event escalations "$number3" "恢复后再次升级"
check "no event came twice" equal "$(event_ids | sort | uniq -d | wc -l | tr -d ' ')" 0

title "A revoked device is told so"
device=$(value device store2 status)
run hub device revoke "$device"
refused_with 3 "store 2 may not sync any more" at store2 sync
check "its work stays readable" at store2 list --all

finish
