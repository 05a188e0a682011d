# The people and devices of compose.yaml; sourced by docker/entry.sh before the hub serves.
# shellcheck shell=sh
loopdesk-hub staff add lina --name 李娜 --role clerk --store S001
loopdesk-hub staff add wangqiang --name 王强 --role clerk --store S002
loopdesk-hub staff add A17 --name 张伟 --role handler --department 售后部
loopdesk-hub staff add zhao --name 赵敏 --role supervisor

invite store-1 --store S001 --role clerk --role handler --staff lina
invite store-2 --store S002 --role clerk --role handler --staff wangqiang
invite supervisor --role supervisor --staff zhao
