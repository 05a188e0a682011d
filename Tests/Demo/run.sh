#!/usr/bin/env bash
# The main job, end to end, with separate processes on loopback: two stores, an agent, a supervisor,
# a manager and a hub that goes down twice; in the middle one complaint goes through the whole loop
# of manual 003. Each step prints what a user would see and then checks it.
#
# Usage: Tests/Demo/run.sh        after `swift build`; exit status 0 only when every check passed.
#        KEEP=1 Tests/Demo/run.sh keeps the homes and says where they are.
set -uo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=Tests/Demo/lib.sh
. Tests/Demo/lib.sh

title "A hub with the policy of manual 003 with a short limit, and five people"
run hub init --listen "tcp://127.0.0.1:$sync_port" --feed "tcp://127.0.0.1:$feed_port" \
    --advertise 127.0.0.1 --policy complaint
hub policy show | sed 's/{urgent: 1h,/{urgent: 3s,/; s/^version: 1$/version: 2/' >"$work/policy.yaml"
run hub policy check "$work/policy.yaml"
run hub policy load "$work/policy.yaml"
run hub staff add lina --name 李娜 --role clerk --store S001
run hub staff add wangqiang --name 王强 --role clerk --store S002
run hub staff add B07 --name 张伟 --role handler --department 售后部
run hub staff add zhao --name 赵敏 --role supervisor
run hub staff add chen --name 陈静 --role manager
start_hub
check "the hub answers" hub status --running

title "Two stores, an agent, a supervisor and a manager join"
for device in "store1 --store S001 --staff lina --role clerk" \
    "store2 --store S002 --staff wangqiang --role clerk" \
    "agent --staff B07 --department 售后部 --role handler" \
    "boss --staff zhao --role supervisor" "chief --staff chen --role manager"; do
    read -r name options <<<"$device"
    # shellcheck disable=SC2086
    hub invite $options | grep -m1 -o 'LDI1-[A-Za-z0-9_-]*' >"$work/$name.invite"
    run at "$name" join --label "$name" "$(cat "$work/$name.invite")"
done
run hub device list
check "five devices are enrolled" equal "$(hub device list --json | grep -c '"device"')" 5
refused_with 3 "a used invite opens nothing" at thief join --label thief "$(cat "$work/store1.invite")"
start_watch

title "The hub goes down; the stores log the eight cases all the same"
stop_hub
refused_with 4 "sync says that no hub answers" at store1 sync
log_case store1 1 --kind complaint --channel online --category product --priority important \
    --contact "王女士 138-0000-0001" --subject "商品A无法开机" --demand "48小时内换货" \
    --description "商品A收到后无法开机" --event-time "2024-03-10 10:30" --event-place "家" \
    --product "商品A" --order-number 2024031000123 \
    --field scene=开机键无反应
log_case store1 2 --kind complaint --channel app --category process --priority important \
    --contact "用户 u-20240310" --description "APP首页商品图片加载失败" --demand "尽快恢复" \
    --event-time "昨天 9:00" --event-place "APP首页" --product "APP" --tag 前端 \
    --field scene=图片区域空白
log_case store1 3 --kind complaint --channel hotline --category product --priority important \
    --contact "李先生 139-0000-0003" --description "产品使用三天后出现故障" --demand "退货并赔偿" \
    --event-time "昨天" --event-place "家" --product "商品B" \
    --field scene=第三天起开机死机
log_case store2 4 --kind complaint --channel store --category product --priority important \
    --contact "批次联系人 139-0000-0004" --description "同批次产品多台故障" \
    --demand "免费更换并延保一年" --event-time "昨天" --event-place "多地" --product "批次 2024-02" \
    --field scene=多台同样无法充电
log_case store2 5 --kind complaint --channel app --category attitude --priority normal \
    --contact "用户 u-5" --description "APP闪退" --demand "修复" --event-time "昨天 8:00" \
    --event-place "手机" --product "APP" \
    --field scene=打开即闪退
log_case store2 6 --kind complaint --channel ecommerce --category process --priority important \
    --contact "陈女士 139-0000-0006" --description "物流运输导致商品破损" --demand "补发" \
    --event-time "昨天" --event-place "收货地址" --product "商品C" --field scene=外箱压扁
log_case store2 7 --kind complaint --channel online --category process --priority important \
    --contact "监控" --description "支付接口超时,影响约10%用户" --demand "恢复支付" \
    --event-time "昨天 10:00" --event-place "线上" --product "支付" \
    --field scene=支付页一直转圈
log_case store2 8 --kind complaint --channel hotline --category product --priority urgent \
    --contact "家属 139-0000-0008" --description "使用产品时受伤" --demand "立即处理" \
    --event-time "昨天 11:00" --event-place "家" --product "商品D" \
    --field scene=插电时漏电
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

title "The whole loop of manual 003, case 3: taken up, examined, and a plan that he agrees to"
run at boss sync
run at boss classify "$number3"
run at boss sync
run at agent sync
run at agent contact "$number3" --text received
run at agent progress "$number3" --step inspected --done "技术部检测：主板缺陷" --next "制定方案"
refused_with 3 "no plan, no solution: the customer has to agree first" \
    at agent resolve "$number3" --solution "已更换新机"
run at agent plan "$number3" "免费更换同型号产品，延长保修一年" --eta "+2d"
run at agent contact "$number3" --text plan
run at agent approve "$number3" --step customer --reason "李先生电话同意"
run at agent promise "$number3" "+2d"
run at agent resolve "$number3" --solution "已更换新机"
run at agent sync
run at store1 sync
check "the store sees the solution" equal "$(value status store1 show "$number3")" resolved
refused_with 3 "it is not closed before he has checked it" at store1 close "$number3"

title "It fails three times; each time it goes back at once, and the third time to management"
for attempt in 1 2 3; do
    run at store1 verify "$number3" --unsolved --remark "第$attempt次：开机仍死机"
    run at store1 sync
    run at agent sync
    check "after no $attempt it is with the agent again" differs \
        "$(value status agent show "$number3")" resolved
    if [ "$attempt" -lt 3 ]; then
        run at agent plan "$number3" "第$attempt次返工：更换主板" --eta "+1d"
        run at agent approve "$number3" --step customer --reason "李先生同意再试"
        run at agent resolve "$number3" --solution "第$attempt次返工完成"
        run at agent sync
        run at store1 sync
    fi
done
check "management is told, once" await_event escalations "$number3" '"clock":"verification"'
check "the case stands at the highest level" equal "$(value escalation store1 show "$number3")" 3

title "Management settles it: refund and apology; he is content, and only then it is closed"
run at chief sync
run at chief list
run at chief plan "$number3" "全额退款并当面道歉" --eta "+4h"
run at chief approve "$number3" --step customer --reason "李先生接受退款"
run at chief set "$number3" remedy return
run at chief resolve "$number3" --solution "已退款，店长当面致歉"
run at chief sync
run at store1 sync
run at store1 contact "$number3" --text solved
run at store1 verify "$number3" --solved --remark "退款已到账"
run at store1 rate "$number3" satisfied --score 8 --remark "处理到位"
run at store1 close "$number3" --note "客户满意，结案"
run at store1 sync
check "the loop is closed" equal "$(value status store1 show "$number3")" closed
run at store1 show "$number3"
run at store1 why "$number3"

title "A close that did not see the office's reassignment becomes a draft"
number1=$(value number store1 show "${case_number[1]}")
run at store1 accept "$number1"
run at store1 plan "$number1" "换新机"
run at store1 approve "$number1" --step customer
run at store1 resolve "$number1" --solution "已换新机"
run at store1 verify "$number1" --solved
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
    --event-time "今天" --event-place "家" --product "商品D" \
    --field scene=插座附近冒烟
run at store2 sync
number9=$(value number store2 show "${case_number[9]}")
check "the missed limit reaches the supervisor by itself" \
    await_event escalations "$number9" '"clock":"response"'
number4=$(value number store2 show "${case_number[4]}")
run at agent escalate "$number4" --reason "整批召回,超出权限"
run at agent sync
check "the call for help reaches the supervisor" \
    await_event escalations "$number4" "超出权限"

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
run at agent escalate "$number4" --reason "恢复后再次升级"
run at agent sync
check "the supervisor's watch goes on after the crash" \
    await_event escalations "$number4" "恢复后再次升级"
check "no event came twice" equal "$(event_ids | sort | uniq -d | wc -l | tr -d ' ')" 0

title "A revoked device is told so"
device=$(value device store2 status)
run hub device revoke "$device"
refused_with 3 "store 2 may not sync any more" at store2 sync
check "its work stays readable" at store2 list --all

finish
